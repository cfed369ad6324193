package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/mongo"

	"kohtaamo/storage"
)

// Codes of the server's errors, from its error_codes.yml.
const (
	codeUnauthorized     = 13
	codeAuthentication   = 18
	codeIllegalOperation = 20 // a transaction on a standalone server
	codeNamespaceExists  = 48
	codeConflict         = 112
	codeSnapshotTooOld   = 239
)

// labelled reports whether the server or the driver put the label on err.
func labelled(err error, label string) bool {
	var e mongo.LabeledError
	return errors.As(err, &e) && e.HasErrorLabel(label)
}

func hasCode(err error, code int) bool {
	var e mongo.ServerError
	return errors.As(err, &e) && e.HasErrorCode(code)
}

// explain turns errors into storage's, or adds what to do. The driver's error
// stays inside.
func explain(err error) error {
	switch {
	case err == nil:
		return nil
	case mongo.IsDuplicateKeyError(err):
		return fmt.Errorf("%w (%w)", storage.ErrDuplicate, err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, mongo.ErrClientDisconnected):
		return fmt.Errorf("%w: %w", storage.ErrClosed, err)
	case hasCode(err, codeConflict):
		return fmt.Errorf("%w: %w", storage.ErrBusy, err)
	case hasCode(err, codeIllegalOperation):
		return fmt.Errorf("%w: %w", errStandalone, err)
	case hasCode(err, codeUnauthorized), hasCode(err, codeAuthentication):
		return fmt.Errorf("the server does not let this user in: check user, password and authSource in the address, and that the user has readWrite and dbAdmin on the database: %w", err)
	case hasCode(err, codeSnapshotTooOld):
		return fmt.Errorf("it took longer than the server keeps one moment: raise minSnapshotHistoryWindowInSeconds: %w", err)
	case mongo.IsTimeout(err), mongo.IsNetworkError(err):
		return fmt.Errorf("the server cannot be reached: check the address and that it runs: %w", err)
	}
	return err
}
