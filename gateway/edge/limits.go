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
	// streamWindow is how much of one request may come before it is read: more than
	// nearly all have, and the least that grpc takes. Windows that are set stay as they
	// are; grpc would otherwise let those of a fast connection grow to 16 MiB each. They
	// are for requests: how much of an answer is under way is the client's to say.
	streamWindow = 64 << 10
	// connectionWindow is the same for all requests of a connection together.
	connectionWindow = 1 << 20
	// connectionAge is how long a connection lives, about: grpc adds or takes away a
	// tenth, so that they do not all end together. Its caller then opens another, which
	// may go to another gateway, and which shows the certificate that is valid now. What
	// goes on over the old one may end, for longer than any call may take; after that it
	// is cut off, with whatever of its answers nobody read.
	connectionAge = 30 * time.Minute
	ageGrace      = longestCall + 30*time.Second
	// workers are goroutines that take one call after the other, with stacks that have
	// grown already; a call that finds none free gets a goroutine of its own. They hold
	// 1 to 2 MiB in all.
	workers = 64
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
		grpc.NumStreamWorkers(workers),
		grpc.StaticStreamWindowSize(streamWindow),
		grpc.StaticConnWindowSize(connectionWindow),
		grpc.KeepaliveParams(keepalive.ServerParameters{
			MaxConnectionIdle: 15 * time.Minute, MaxConnectionAge: connectionAge, MaxConnectionAgeGrace: ageGrace,
			Time: 2 * time.Minute, Timeout: 20 * time.Second,
		}),
		grpc.WaitForHandlers(true),
	}
}
