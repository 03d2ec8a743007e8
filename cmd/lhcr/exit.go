package main

import (
	"errors"
	"fmt"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// The exit codes, as the help says them.
const (
	exitDone       = 0
	exitFailed     = 1
	exitUsage      = 2
	exitIncomplete = 3
	exitNoRecord   = 4
	exitChanged    = 5
)

// usageError is a command line that makes no sense.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// incompleteError is an answer that was shown and is not complete.
type incompleteError struct{ completeness lhcrv1.Completeness }

func (e incompleteError) Error() string {
	return "the record is " + sdk.CompletenessWords(e.completeness)
}

// changedError is a list that was shown and is not what it was.
type changedError struct{ what string }

func (e changedError) Error() string { return e.what }

// judge turns an answer's completeness into the command's result.
func judge(c lhcrv1.Completeness) error {
	if c == lhcrv1.Completeness_COMPLETENESS_COMPLETE {
		return nil
	}
	return incompleteError{c}
}

func exitCode(err error) int {
	var wrong usageError
	var incomplete incompleteError
	switch {
	case errors.As(err, new(changedError)):
		return exitChanged
	case errors.As(err, &wrong):
		return exitUsage
	case errors.As(err, &incomplete) && incomplete.completeness == lhcrv1.Completeness_COMPLETENESS_NO_RECORD_FOUND:
		return exitNoRecord
	case errors.As(err, &incomplete):
		return exitIncomplete
	}
	return exitFailed
}

// tooLarge is the reason of an answer that must be streamed.
const tooLarge = sdk.Reason(lhcrv1.ErrorReason_ERROR_REASON_RESPONSE_TOO_LARGE)
