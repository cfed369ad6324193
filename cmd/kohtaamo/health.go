package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// healthTimeout is how long a server may take to answer.
const healthTimeout = 5 * time.Second

func health(ctx context.Context, c *console, args []string) error {
	flags := newFlags(c, "health", "", "Asks the server on this machine, at the listen address, whether it is ready: for containers.")
	config := addSettings(flags, c, withDesk)
	if _, err := parse(flags, args, 0, 0); err != nil {
		return err
	}
	cfg, err := config()
	if err != nil {
		return err
	}
	host, port, _ := net.SplitHostPort(cfg.Listen)
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not ready: %s", resp.Status)
	}
	fmt.Fprintln(c.stdout, "ready")
	return nil
}
