package handlers

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// mailFigures tell /metrics whether mail leaves. They are asked for at each
// look, of the database: they are those of all programs that share it.
type mailFigures struct{ s *Server }

var (
	mailDue     = prometheus.NewDesc("kohtaamo_mail_due", "Mails that could have left a minute ago and have not been taken up.", nil, nil)
	mailSenders = prometheus.NewDesc("kohtaamo_mail_senders", "Programs that send mail, on all servers.", nil, nil)
	mailResting = prometheus.NewDesc("kohtaamo_mail_relays_resting", "Relays that are not tried for a while.", nil, nil)
	mailSlow    = prometheus.NewDesc("kohtaamo_mail_domains_slow", "Recipients' mail hosts that asked for less.", nil, nil)
	mailIssues  = prometheus.NewDesc("kohtaamo_mail_issues_open", "Newsletters of which something is left to send, 50 at most.", nil, nil)
)

// Describe names the figures.
func (f mailFigures) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{mailDue, mailSenders, mailResting, mailSlow, mailIssues} {
		ch <- d
	}
}

// Collect measures them. What cannot be measured is left out and logged.
func (f mailFigures) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	figures, err := f.measure(ctx)
	if err != nil {
		f.s.log.WarnContext(ctx, "measure mail", "err", err)
		return
	}
	for d, n := range figures {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n))
	}
}

func (f mailFigures) measure(ctx context.Context) (map[*prometheus.Desc]int, error) {
	pulse, err := f.s.desk.Outbox.Pulse(ctx)
	if err != nil {
		return nil, err
	}
	health, err := f.s.mailHealth(ctx)
	if err != nil {
		return nil, err
	}
	open, err := f.s.desk.Outbox.OpenIssues(ctx)
	return map[*prometheus.Desc]int{
		mailDue: pulse.Due, mailSenders: health.Senders, mailResting: len(health.Resting), mailSlow: len(health.Slow), mailIssues: len(open),
	}, err
}
