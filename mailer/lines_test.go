package mailer

import (
	"context"
	"testing"
	"time"

	"kohtaamo/mailer/mailtest"
	"kohtaamo/storage"
)

// Hosts that take only so many a second get as many, from the first to the last:
// whoever has to wait is there when there is room, and is put off seldom.
func TestLineKeepsPace(t *testing.T) {
	for _, test := range []struct {
		rate    float64
		readers int
	}{{200, 4000}, {20, 600}, {3, 90}, {0.5, 20}, {1.0 / 60, 10}} {
		p := &post{w: &Worker{throttle: throttle{limit: test.rate}}, todo: make(chan *parcel, test.readers), done: make(chan outcome, test.readers)}
		now := t0
		p.clock, p.lines.open = func() time.Time { return now }, true
		list := make([]*Delivery, test.readers) // those that are written down, in their order
		for k := range list {
			list[k] = &Delivery{Meta: storage.Meta{ID: reader(k).To}, To: "a@example.com", Due: t0}
		}
		puts, pr := 0, &press{}
		step := max(lineTime, time.Duration(float64(time.Second)/test.rate/50))
		for len(p.todo) < test.readers {
			var f found
			rest := list[:0]
			for _, d := range list {
				if d.Due.After(now) {
					rest = append(rest, d)
				} else {
					f.parcels = append(f.parcels, &parcel{press: pr, d: d})
				}
			}
			list = rest
			p.line(&f, now)
			for _, c := range f.parcels {
				p.todo <- c
			}
			for _, o := range f.ended {
				o.d.Due = o.later
				list = append(list, o.d)
				puts++
			}
			p.release()
			now = now.Add(step)
		}
		ideal := (float64(test.readers) - max(test.rate, 1)) / test.rate
		if times := now.Sub(t0).Seconds() / ideal; times > 1.1 {
			t.Errorf("at %v a second it took %.2f times as long as it had to", test.rate, times)
		}
		if puts > 2*test.readers {
			t.Errorf("at %v a second %d were put off %d times", test.rate, test.readers, puts)
		}
		if p.lines.all != 0 || len(p.lines.of) != 0 {
			t.Errorf("%d are left in line", p.lines.all)
		}
	}
}

// Those who stand in line are claimed once, however often the list of what is due
// is gone through meanwhile, and nobody else waits for them.
func TestLineIsServed(t *testing.T) {
	const readers, others = 400, 100
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	h.DB.Now = time.Now
	h.campaign()
	h.oneDomain(readers)
	h.readers(others)
	w := h.workerAt("smtp://" + s.Addr() + "?tls=none&domain-rate=150/s")
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { w.Serve(ctx); close(done) }()
	for begun := time.Now(); s.Counts().Accepted < readers+others; time.Sleep(time.Millisecond) {
		if time.Since(begun) > time.Minute {
			t.Fatalf("%d have left", s.Counts().Accepted)
		}
	}
	stop()
	<-done
	wantDeliveries(t, s, readers+others, 1)
	h.wantCounts(map[State]int{Sent: readers + others})
	last := s.Messages()[readers+others-1].To
	if domainOf(last) != "example.com" {
		t.Errorf("%s had to wait for others", last)
	}
}

// Who stands in line when the hosts ask for less is put off, and when the
// program stops stays as before.
func TestLineDisperses(t *testing.T) {
	const readers = 15
	p := &post{w: &Worker{throttle: throttle{limit: 10}}, todo: make(chan *parcel, readers), done: make(chan outcome, readers)}
	p.clock, p.lines.open = func() time.Time { return t0 }, true
	wait := func() {
		f := found{}
		for k := range readers {
			d := reader(k)
			d.To = "a@example.com"
			f.parcels = append(f.parcels, &parcel{press: &press{}, d: &d})
		}
		p.line(&f, t0)
		if len(f.ended) > 0 || p.lines.all == 0 || p.lines.all != len(f.waiting) {
			t.Fatalf("%d leave, %d wait, %d are put off", len(f.parcels), len(f.waiting), len(f.ended))
		}
	}
	wait()
	until := p.w.throttle.complained("a@example.com", t0)
	p.release()
	if len(p.todo) > 0 || p.lines.all > 0 {
		t.Errorf("%d leave, %d wait", len(p.todo), p.lines.all)
	}
	for len(p.done) > 0 {
		if o := <-p.done; o.later.Before(until) {
			t.Errorf("one comes again after %v", o.later.Sub(t0))
		}
	}
	p.w.throttle = throttle{limit: 10}
	wait()
	n := p.lines.all
	p.disperse()
	if p.lines.all != 0 || len(p.done) != n {
		t.Errorf("%d of %d are sent home", len(p.done), n)
	}
	for len(p.done) > 0 {
		if o := <-p.done; !o.dropped {
			t.Errorf("%+v", o)
		}
	}
}
