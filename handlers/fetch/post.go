package fetch

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"kohtaamo/scheduling"
)

// maxAnswer is how much of an answer is read: its beginning, for the log.
const maxAnswer = 500

// postTime is how long somebody who is told something has to answer (Standard
// Webhooks: 15 to 30 seconds).
const postTime = 15 * time.Second

// Post is the [scheduling.PostFunc] of the program: it says something to an
// address and follows no redirect, which is an answer like others.
func (c *Client) Post(ctx context.Context, address string, header map[string]string, body []byte) (*scheduling.PostAnswer, error) {
	limited, cancel := context.WithTimeout(ctx, postTime)
	defer cancel()
	answer, err := c.post(limited, address, header, body)
	switch {
	case err == nil:
		return answer, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, fmt.Errorf("%w: %s", scheduling.ErrUnreachable, discreet(err))
}

func (c *Client) post(ctx context.Context, address string, header map[string]string, body []byte) (*scheduling.PostAnswer, error) {
	u, err := c.parse(address)
	if err != nil {
		return nil, err
	}
	select {
	case c.atOnce <- struct{}{}:
		defer func() { <-c.atOnce }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	req.Header.Set("User-Agent", c.agent)
	teller := http.Client{Transport: c.http.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := teller.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	begin, _ := io.ReadAll(io.LimitReader(res.Body, maxAnswer)) // whoever stops in the middle has answered
	return &scheduling.PostAnswer{Status: res.StatusCode, Begin: strings.ToValidUTF8(string(begin), "")}, nil
}
