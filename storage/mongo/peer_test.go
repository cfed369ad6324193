package mongo

import (
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// A peer speaks as much of MongoDB's wire protocol as a test needs: it answers
// hello, and for other commands asks the test. It is no database; what needs
// one is in storagetest.
type peer struct {
	hello  bson.D
	answer func(name string, cmd bson.Raw) bson.D // nil: ok

	addr     string
	mu       sync.Mutex
	commands []string // names, in order
}

// Numbers of the wire protocol: message kinds.
const (
	opReply = 1
	opQuery = 2004 // only for the very first hello
	opMsg   = 2013
)

var okReply = bson.D{{Key: "ok", Value: 1}}

// start listens until the test ends, and gives the address.
func (p *peer) start(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.addr = l.Addr().String()
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(c)
		}
	}()
	return "mongodb://" + p.addr + "/?directConnection=true"
}

func (p *peer) serve(c net.Conn) {
	defer c.Close()
	for {
		head := make([]byte, 16)
		if _, err := io.ReadFull(c, head); err != nil {
			return
		}
		body := make([]byte, binary.LittleEndian.Uint32(head)-16)
		if _, err := io.ReadFull(c, body); err != nil {
			return
		}
		kind := int32(opReply)
		var before []byte
		var cmd bson.Raw
		switch binary.LittleEndian.Uint32(head[12:]) {
		case opQuery: // flags, name with a zero, skip, return, document
			i := 4
			for body[i] != 0 {
				i++
			}
			cmd = body[i+9:]
			before = make([]byte, 20)
			before[16] = 1 // one document
		case opMsg: // flags, kind of section, document, perhaps a list of documents
			kind, cmd = opMsg, bson.Raw(body[5:])
			before = make([]byte, 5)
		}
		n := binary.LittleEndian.Uint32(cmd)
		reply, err := bson.Marshal(p.reply(cmd[:n]))
		if err != nil {
			return
		}
		out := binary.LittleEndian.AppendUint32(nil, uint32(16+len(before)+len(reply)))
		out = binary.LittleEndian.AppendUint32(out, 0)
		out = append(out, head[4:8]...) // in answer to
		out = binary.LittleEndian.AppendUint32(out, uint32(kind))
		if _, err := c.Write(append(append(out, before...), reply...)); err != nil {
			return
		}
	}
}

func (p *peer) reply(cmd bson.Raw) bson.D {
	elements, err := cmd.Elements()
	if err != nil || len(elements) == 0 {
		return bson.D{{Key: "ok", Value: 0}}
	}
	name := elements[0].Key()
	if name == "hello" || name == "isMaster" || name == "ismaster" {
		return append(bson.D{
			{Key: "isWritablePrimary", Value: true}, {Key: "ismaster", Value: true}, {Key: "minWireVersion", Value: 0},
			{Key: "maxBsonObjectSize", Value: 16 << 20}, {Key: "maxMessageSizeBytes", Value: 48000000}, {Key: "maxWriteBatchSize", Value: 100000},
			{Key: "logicalSessionTimeoutMinutes", Value: 30}, {Key: "ok", Value: 1},
		}, p.hello...)
	}
	p.mu.Lock()
	p.commands = append(p.commands, name)
	p.mu.Unlock()
	if p.answer != nil {
		if r := p.answer(name, cmd); r != nil {
			return r
		}
	}
	return okReply
}

// count is how many commands of that name came.
func (p *peer) count(name string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.commands {
		if c == name {
			n++
		}
	}
	return n
}
