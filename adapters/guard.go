package adapters

import (
	"context"
	"errors"
	"regexp"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// guard calls one method of an adapter. A panic, an error that is no gRPC status
// and an answer of nil become INTERNAL; every message is scrubbed.
func guard[Req, Res any](ctx context.Context, req *Req, call func(context.Context, *Req) (*Res, error)) (res *Res, err error) {
	defer func() {
		if p := recover(); p != nil {
			// The panic's value may hold anything of a patient: it goes nowhere.
			res, err = nil, status.Error(codes.Internal, "the adapter panicked")
		}
	}()
	res, err = call(ctx, req)
	switch {
	case err != nil:
		return nil, clean(ctx, err)
	case res == nil:
		return nil, status.Error(codes.Internal, "the adapter answered nothing")
	}
	return res, nil
}

// clean makes any error of an adapter a gRPC status that names no patient and no
// address. A plain error's words are unknown to us, so only its kind is kept.
func clean(ctx context.Context, err error) error {
	if s, ok := status.FromError(err); ok {
		return scrubbed(s)
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(ctx.Err(), context.DeadlineExceeded):
		return status.Error(codes.DeadlineExceeded, "the region did not answer in time")
	case errors.Is(err, context.Canceled) || errors.Is(ctx.Err(), context.Canceled):
		return status.Error(codes.Canceled, "the call was cancelled")
	}
	return status.Error(codes.Internal, "the adapter failed without a status")
}

// scrubbed keeps of a status its code, its message without identifiers and when to try again.
func scrubbed(s *status.Status) error {
	clean := status.New(s.Code(), Scrub(s.Message()))
	for _, detail := range s.Details() {
		if retry, ok := detail.(*errdetails.RetryInfo); ok {
			if detailed, err := clean.WithDetails(retry); err == nil {
				return detailed.Err()
			}
		}
	}
	return clean.Err()
}

var (
	address = regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]*://\S+`)
	isoDate = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}\b`)
	uuid    = regexp.MustCompile(`(?i)\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b`)
	number  = regexp.MustCompile(`\d(?:[\s\p{Zs}\p{Pd}]*\d){8,}`)
)

// Scrub takes out of a message what could name a patient or an address: URLs, dates,
// and nine and more digits in a row, whatever spaces and hyphens stand between them. A
// UUID stays, for it ties messages together. It is the last net under the promise that
// messages carry none, not a licence to break it.
func Scrub(message string) string {
	message = address.ReplaceAllString(message, "[address]")
	clean, from := "", 0
	for _, at := range uuid.FindAllStringIndex(message, -1) {
		clean += scrubDigits(message[from:at[0]]) + message[at[0]:at[1]]
		from = at[1]
	}
	return clean + scrubDigits(message[from:])
}

func scrubDigits(text string) string {
	return number.ReplaceAllString(isoDate.ReplaceAllString(text, "[date]"), "[number]")
}
