package mailer

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"sync"
	"testing"

	"github.com/wneessen/go-mail"

	"kohtaamo/mailer/mailtest"
)

// round is how many mails one iteration sends.
const round = 200

// BenchmarkOutbox sends full letters from an SQLite outbox to a server on this
// machine (claimed, checked, rendered, sent, settled durably), beside go-mail
// alone building and sending the same letters over as many kept connections.
// Both include the server's own work.
func BenchmarkOutbox(b *testing.B) {
	b.Run("outbox", benchmarkOutbox)
	b.Run("go-mail", benchmarkGoMail)
}

func benchmarkOutbox(b *testing.B) {
	h, s := newHouse(b), newSink(b, mailtest.Config{})
	w := h.worker(s)
	n := 0
	for b.Loop() {
		b.StopTimer()
		batch := make([]Mail, round)
		for i := range batch {
			m := *full("fi")
			m.ID, m.To = fmt.Sprint("m", n), fmt.Sprintf("person%d@example.com", n)
			batch[i] = m
			n++
		}
		h.add(batch...)
		b.StartTimer()
		h.run(w, round)
	}
	report(b, s, n)
}

func benchmarkGoMail(b *testing.B) {
	s := newSink(b, mailtest.Config{})
	host, port, _ := net.SplitHostPort(s.Addr())
	p, _ := strconv.Atoi(port)
	client, err := mail.NewClient(host, mail.WithPort(p), mail.WithTLSPolicy(mail.NoTLS), mail.WithoutNoop(), mail.WithoutRset())
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		var wg sync.WaitGroup
		for sender := range 4 {
			wg.Go(func() { goMailAlone(b, client, n+sender*round/4, round/4) })
		}
		wg.Wait()
		n += round
	}
	report(b, s, n)
}

func goMailAlone(b *testing.B, client *mail.Client, from, count int) {
	conn, err := client.DialToSMTPClientWithContext(context.Background())
	if err != nil {
		b.Error(err)
		return
	}
	defer client.CloseWithSMTPClient(conn)
	for i := range count {
		m := full("fi")
		m.To, m.MessageID = fmt.Sprintf("person%d@example.com", from+i), fmt.Sprintf("%d@example.com", from+i)
		r, err := render(m)
		if err == nil {
			err = client.SendWithSMTPClient(conn, message(m, r))
		}
		if err != nil {
			b.Error(err)
			return
		}
	}
}

func report(b *testing.B, s *mailtest.Sink, n int) {
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "mails/s")
	wantDeliveries(b, s, n, 1)
}
