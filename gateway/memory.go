package gateway

import (
	"context"
	"net"

	"google.golang.org/grpc/test/bufconn"
)

// memory is the listener through which REST reaches gRPC within the process.
type memory struct {
	*bufconn.Listener
}

// memoryBuffer is how much one connection holds in each direction.
const memoryBuffer = 1 << 20

func newMemory() *memory { return &memory{bufconn.Listen(memoryBuffer)} }

func (m *memory) dial(ctx context.Context) (net.Conn, error) { return m.DialContext(ctx) }
