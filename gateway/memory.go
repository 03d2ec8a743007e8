package gateway

import (
	"context"
	"net"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
)

// memory is the listener through which REST reaches gRPC within the process.
type memory struct {
	*bufconn.Listener
}

// memoryBuffer is how much one connection holds in each direction.
const memoryBuffer = 1 << 20

func newMemory() *memory { return &memory{bufconn.Listen(memoryBuffer)} }

// memoryConn is the server's end of a connection in memory.
type memoryConn struct{ net.Conn }

// Accept waits for the next connection.
func (m *memory) Accept() (net.Conn, error) {
	conn, err := m.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return memoryConn{conn}, nil
}

func (m *memory) dial(ctx context.Context) (net.Conn, error) { return m.DialContext(ctx) }

// entrances are the credentials of a server with two entrances: those of the
// network, and none for what never leaves the process.
type entrances struct {
	credentials.TransportCredentials
}

var _ credentials.TransportCredentials = entrances{}

// ServerHandshake shakes hands, but not with ourselves.
func (e entrances) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	if _, ok := conn.(memoryConn); ok {
		return insecure.NewCredentials().ServerHandshake(conn)
	}
	return e.TransportCredentials.ServerHandshake(conn)
}

// Clone is a copy.
func (e entrances) Clone() credentials.TransportCredentials {
	return entrances{e.TransportCredentials.Clone()}
}
