package storage

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// cursor is what Page returns as next: the last document's place in the order.
// It is no secret and no permission; the checksum is against addresses that
// were cut or edited.
type cursor struct {
	List  string `bson:"l"` // collection and order
	Value any    `bson:"v"`
	ID    string `bson:"i"`
}

func (s Spec) list(p Plan) string {
	if p.Desc {
		return s.Name + " -" + p.Sort
	}
	return s.Name + " " + p.Sort
}

// next is the cursor of the page after the document in raw.
func (s Spec) next(p Plan, raw bson.Raw) (string, error) {
	v, err := Value(raw, p.Sort)
	if err != nil {
		return "", err
	}
	id, _ := raw.Lookup("_id").StringValueOK()
	body, err := bson.Marshal(cursor{s.list(p), v, id})
	if err != nil {
		return "", err
	}
	body = binary.BigEndian.AppendUint32(body, crc32.ChecksumIEEE(body))
	return base64.RawURLEncoding.EncodeToString(body), nil
}

// position reads a cursor back.
func (s Spec) position(p Plan, after string) (*Position, error) {
	body, err := base64.RawURLEncoding.DecodeString(after)
	if err != nil || len(body) < 4 {
		return nil, ErrCursor
	}
	body, sum := body[:len(body)-4], body[len(body)-4:]
	var c cursor
	if binary.BigEndian.Uint32(sum) != crc32.ChecksumIEEE(body) || bson.Unmarshal(body, &c) != nil || c.List != s.list(p) {
		return nil, ErrCursor
	}
	if d, ok := c.Value.(bson.DateTime); ok {
		c.Value = d.Time()
	}
	v, err := normal(c.Value)
	if err != nil {
		return nil, ErrCursor
	}
	return &Position{v, c.ID}, nil
}
