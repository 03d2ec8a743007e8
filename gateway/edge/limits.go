package edge

import (
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
)

const (
	// maxResponse is the largest message that leaves: what callers take by default. Services keep below it.
	maxResponse = 4 << 20
	// maxHeaders is the largest set of headers that is taken: a token and a little more.
	maxHeaders = 32 << 10
	// defaultMaxRequest is the largest request, unless configured.
	defaultMaxRequest = 256 << 10
	// defaultStreams is the most calls side by side on one connection, unless configured.
	defaultStreams = 250
)

// limits are the server's, so that no caller can take more than its share.
func (e *Edge) limits() []grpc.ServerOption {
	request, streams := e.options.MaxRequestBytes, e.options.MaxConcurrentStreams
	if request == 0 {
		request = defaultMaxRequest
	}
	if streams == 0 {
		streams = defaultStreams
	}
	return []grpc.ServerOption{
		grpc.MaxRecvMsgSize(request),
		grpc.MaxSendMsgSize(maxResponse),
		grpc.MaxConcurrentStreams(streams),
		grpc.MaxHeaderListSize(maxHeaders),
		grpc.ConnectionTimeout(10 * time.Second),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 20 * time.Second, PermitWithoutStream: true}),
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: 15 * time.Minute, Time: 2 * time.Minute, Timeout: 20 * time.Second}),
		grpc.WaitForHandlers(true),
	}
}
