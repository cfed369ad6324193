package api

import (
	"context"
	"io"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"

	"kohtaamo/handlers/spool"
)

// fileTimeout is how long it may take to make a file: longer than other answers.
const fileTimeout = time.Minute

// The media types of files.
const (
	csvType  = "text/csv; charset=utf-8"
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	zipType  = "application/zip"
)

// A File is the answer of an operation that answers with a file, whose media
// type its op names.
type File struct {
	Type string `header:"Content-Type" hidden:"true"`
	Name string `header:"Content-Disposition"`
	Body func(huma.Context)
}

// file answers with what write writes, once it is whole: see package spool.
func file(ctx context.Context, mediaType, name string, write func(context.Context, io.Writer) error) (*File, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fileTimeout)
	defer cancel()
	f, err := spool.Of(func(w io.Writer) error { return write(ctx, w) })
	if err != nil {
		return nil, err
	}
	send := func(c huma.Context) { humafiber.Unwrap(c).Response().SetBodyStream(f, -1) }
	return &File{mediaType, `attachment; filename="` + name + `"`, send}, nil
}
