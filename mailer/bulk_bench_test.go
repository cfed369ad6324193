//go:build linux

package mailer

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/wneessen/go-mail"

	"kohtaamo/mailer/mailtest"
	"kohtaamo/storage"
)

// benchReaders is how many readers a newsletter has, or what the environment says.
func benchReaders() int {
	if n, err := strconv.Atoi(os.Getenv("KOHTAAMO_BENCH_READERS")); err == nil {
		return n
	}
	return 50_000
}

const benchHands = 10

// BenchmarkBulk sends a newsletter of 20 kB to 50,000 readers over ten
// connections: promised, claimed, filled in, sent, settled durably, with the send
// journal. Beside it, in the same run, go-mail alone sends the same words over as
// many kept connections. The sink is a process of its own; what is measured is
// the sender's.
//
// cpu-ms/mail is the CPU time of a mail from claim to settling, promise-ms/mail
// that of promising it; MB-peak is the memory of the process at its largest.
func BenchmarkBulk(b *testing.B) {
	for _, wire := range []wireUse{wireChunks, wireBatch, wirePlain} {
		b.Run(string(wire), func(b *testing.B) { benchmarkBulk(b, wire, 0) })
	}
	b.Run("go-mail", func(b *testing.B) { benchmarkBulkGoMail(b, 0) })
	b.Run("chunking-2ms", func(b *testing.B) { benchmarkBulk(b, wireChunks, 2*time.Millisecond) })
	b.Run("go-mail-2ms", func(b *testing.B) { benchmarkBulkGoMail(b, 2*time.Millisecond) })
}

// BenchmarkDomainLimit sends to one recipient domain that takes 200 mails a second
// and refuses the others. times-ideal is the time it took as a multiple of the
// least that is possible at that rate.
func BenchmarkDomainLimit(b *testing.B) {
	const readers, limit = 4000, 200
	for b.Loop() {
		sink := newProgram(b, mailtest.Config{Discard: true, Faults: mailtest.Faults{DomainRate: limit}})
		h := newHouse(b)
		h.DB.Now = time.Now
		h.campaign()
		h.oneDomain(readers)
		w := h.workerAt(fmt.Sprintf("smtp://%s?tls=none&domain-rate=%d/s", sink.Addr, limit*19/20))
		w.Bulk = benchHands
		ctx, stop := context.WithCancel(b.Context())
		done := make(chan struct{})
		begun := time.Now()
		go func() { w.Serve(ctx); close(done) }()
		var r mailtest.Report
		for r.Keys < readers {
			var err error
			if r, err = sink.Report(mailtest.Faults{DomainRate: limit}); err != nil {
				b.Fatal(err)
			}
			time.Sleep(10 * time.Millisecond)
		}
		took := time.Since(begun)
		stop()
		<-done
		h.wantCounts(map[State]int{Sent: readers})
		b.ReportMetric(took.Seconds()/(float64(readers-limit)/limit), "times-ideal")
		b.ReportMetric(float64(r.Counts.Throttled), "refused")
		b.ReportMetric(0, "ns/op")
		sink.Close()
	}
}

func benchmarkBulk(b *testing.B, wire wireUse, latency time.Duration) {
	for b.Loop() {
		sink := newProgram(b, mailtest.Config{Discard: true, Faults: mailtest.Faults{ReplyLatency: latency}})
		h, n := newHouse(b), benchReaders()
		resetPeak(b)
		h.campaign(func(i *Issue) { i.Sheets = map[string]Sheet{"fi": longSheet()} })
		before := cpuTime()
		h.readers(n)
		promised := cpuTime() - before
		j, err := OpenJournal(b.TempDir(), nil)
		if err != nil {
			b.Fatal(err)
		}
		w := h.workerAt("smtp://" + sink.Addr + "?tls=none&wire=" + string(wire))
		w.Journal, w.Bulk = j, benchHands
		before, begun := cpuTime(), time.Now()
		h.run(w, n)
		reportBulk(b, n, cpuTime()-before, time.Since(begun))
		b.ReportMetric(perMail(promised, n), "promise-ms/mail")
		h.wantCounts(map[State]int{Sent: n})
		wantReport(b, sink, n)
		j.Close()
	}
}

// benchmarkBulkGoMail fills in and sends the same mails by go-mail alone.
func benchmarkBulkGoMail(b *testing.B, latency time.Duration) {
	for b.Loop() {
		sink := newProgram(b, mailtest.Config{Discard: true, Faults: mailtest.Faults{ReplyLatency: latency}})
		n := benchReaders()
		host, port, _ := strings.Cut(sink.Addr, ":")
		p, _ := strconv.Atoi(port)
		client, err := mail.NewClient(host, mail.WithPort(p), mail.WithTLSPolicy(mail.NoTLS), mail.WithoutNoop(), mail.WithoutRset())
		if err != nil {
			b.Fatal(err)
		}
		resetPeak(b)
		before, begun := cpuTime(), time.Now()
		var hands sync.WaitGroup
		for k := range benchHands {
			hands.Go(func() { goMailBulk(b, client, k*n/benchHands, (k+1)*n/benchHands) })
		}
		hands.Wait()
		reportBulk(b, n, cpuTime()-before, time.Since(begun))
		wantReport(b, sink, n)
	}
}

func goMailBulk(b *testing.B, client *mail.Client, from, to int) {
	conn, err := client.DialToSMTPClientWithContext(context.Background())
	if err != nil {
		b.Error(err)
		return
	}
	defer client.CloseWithSMTPClient(conn)
	i := &Issue{Meta: storage.Meta{ID: issueID}, Kind: "campaign", From: "news@kohtaamo.example", Sheets: map[string]Sheet{"fi": longSheet()}}
	for n := from; n < to; n++ {
		d := reader(n)
		d.ID, d.Created = DeliveryKey(issueID, d.To), t0
		if err := client.SendWithSMTPClient(conn, slowMessage(b, i, &d, "kohtaamo.example")); err != nil {
			b.Error(err)
			return
		}
	}
}

// longSheet is a newsletter of 20 kB with forty gaps.
func longSheet() Sheet {
	var html, text bytes.Buffer
	html.WriteString("<html><body>\n")
	for k := range 20 {
		fmt.Fprintf(&html, "<h2>Uutinen %d</h2>\n<p>Hei {{name}}, %s</p>\n<p><a href=\"{{unsubscribe}}\">Lue lisää</a></p>\n", k, strings.Repeat("Kiertotalous etenee Oulussa ja me kerromme miten. ", 15))
		fmt.Fprintf(&text, "Uutinen %d\n\n%s\n\n", k, strings.Repeat("Kiertotalous etenee. ", 4))
	}
	html.WriteString("</body></html>\n")
	return Sheet{Subject: "Kuulumisia, {{name}}", HTML: html.String(), Text: text.String()}
}

func reportBulk(b *testing.B, n int, cpu, took time.Duration) {
	b.ReportMetric(perMail(cpu, n), "cpu-ms/mail")
	b.ReportMetric(float64(n)/took.Seconds(), "mails/s")
	b.ReportMetric(peak(b), "MB-peak")
	b.ReportMetric(0, "ns/op")
}

func perMail(d time.Duration, n int) float64 { return d.Seconds() * 1000 / float64(n) }

func wantReport(b *testing.B, sink *mailtest.Program, n int) {
	b.Helper()
	r, err := sink.Report(mailtest.Faults{})
	if err != nil || r.Keys != n || r.Most != 1 {
		b.Fatalf("%d different mails, one of them %d times, %v; want %d once", r.Keys, r.Most, err, n)
	}
	sink.Close()
}

// cpuTime is what this process has used.
func cpuTime() time.Duration {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// resetPeak lets the kernel watch the memory of this process anew.
func resetPeak(b *testing.B) {
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Fatal(err)
	}
}

// peak is the most memory this process had since, in MB.
func peak(b *testing.B) float64 {
	for line := range strings.Lines(string(readFile(b, "/proc/self/status"))) {
		if kB, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kB), "kB")), 64)
			if err != nil {
				b.Fatal(err)
			}
			return n / 1024
		}
	}
	b.Fatal("the kernel does not say")
	return 0
}
