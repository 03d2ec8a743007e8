package telemetry

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"

	"github.com/openlhcr/openlhcr/adapters"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// LogOptions say how the log is written.
type LogOptions struct {
	// Level is the level from which on records are written: debug, info, warn or error.
	Level string
	// Format is json or text.
	Format string
}

// NewLogger makes a logger that keeps what patients are known by out of the log,
// whatever it is given: protobuf messages appear as [Redacted], errors without
// addresses, long numbers and dates, texts without NHS numbers, and values of
// types that it does not know not at all.
func NewLogger(w io.Writer, options LogOptions) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(options.Level)); err != nil {
		return nil, fmt.Errorf("log level %q: want debug, info, warn or error", options.Level)
	}
	handlerOptions := &slog.HandlerOptions{Level: level, ReplaceAttr: clean}
	switch options.Format {
	case "json":
		return slog.New(newJSONLines(w, handlerOptions)), nil
	case "text":
		return slog.New(slog.NewTextHandler(w, handlerOptions)), nil
	}
	return nil, fmt.Errorf("log format %q: want json or text", options.Format)
}

// clean makes an attribute fit for the log; the record's message is one too.
func clean(_ []string, a slog.Attr) slog.Attr {
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(mask(a.Value.String()))
	case slog.KindAny:
		a.Value = cleanAny(a.Value.Any())
	}
	return a
}

func cleanAny(value any) slog.Value {
	switch v := value.(type) {
	case nil:
		return slog.StringValue("[none]")
	case proto.Message:
		return Redacted(v)
	case error:
		return slog.StringValue(Cause(v))
	case slog.Level:
		return slog.StringValue(v.String()) // as it is written all the same, without the way through JSON
	case bool, int, int32, int64, uint32, uint64, float64:
		return slog.AnyValue(v)
	case []string:
		return slog.StringValue(mask(strings.Join(v, ", ")))
	case fmt.Stringer:
		return slog.StringValue(mask(v.String()))
	}
	return slog.StringValue(fmt.Sprintf("[%T]", value))
}

// Cause is an error as a log may show it: without the address that a *url.Error
// prints, and without addresses, long numbers and dates wherever they come from.
func Cause(err error) string {
	var located *url.Error
	if errors.As(err, &located) {
		return "the request failed: " + Cause(located.Err)
	}
	if s, ok := status.FromError(err); ok {
		return s.Code().String() + ": " + adapters.Scrub(s.Message())
	}
	return adapters.Scrub(err.Error())
}
