package edge

import (
	"context"
	"fmt"
	"runtime"
	"strings"

	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// recovered turns a panic into INTERNAL. Its value may hold anything of a patient,
// so only its type and the names of the functions on the stack are logged.
func (e *Edge) recovered(ctx context.Context, c *call) (err error) {
	defer func() {
		if p := recover(); p != nil {
			e.options.Metrics.Panic()
			e.options.Logger.ErrorContext(ctx, "a call panicked",
				"request_id", c.id, "method", c.method.name, "panic", fmt.Sprintf("%T", p), "stack", stack())
			err = internal()
		}
	}()
	return c.next(ctx)
}

// maxFrames is how much of the stack is logged.
const maxFrames = 32

// stack names the functions from the one that panicked outwards, without arguments.
func stack() string {
	pcs := make([]uintptr, maxFrames)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs)])
	var names []string
	for {
		frame, more := frames.Next()
		if frame.Function != "" {
			names = append(names, frame.Function)
		}
		if !more {
			return strings.Join(names, " < ")
		}
	}
}

func internal() error {
	return failure.New(codes.Internal, lhcrv1.ErrorReason_ERROR_REASON_INTERNAL, "a fault of the gateway: quote the request id to its support")
}
