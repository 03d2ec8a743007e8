package gateway

import (
	"fmt"
	"net"
)

// listeners are where the gateway is reached. Without REST, metrics or an admin
// listener theirs is nil.
type listeners struct {
	grpc, rest, metrics, admin net.Listener
}

// door is one listener by its key.
type door struct {
	key, address string
	listener     *net.Listener
}

func (s *Server) addresses(l *listeners) []door {
	listen := s.opts.Config.Listen
	return []door{
		{"listen.grpc", listen.GRPC, &l.grpc},
		{"listen.rest", listen.REST, &l.rest},
		{"listen.metrics", listen.Metrics, &l.metrics},
		{"listen.admin", listen.Admin, &l.admin},
	}
}

// listen opens every listener or none. The error names the key.
func (s *Server) listen() error {
	var l listeners
	for _, door := range s.addresses(&l) {
		if door.address == "" {
			continue
		}
		opened, err := net.Listen("tcp", door.address)
		if err != nil {
			l.close()
			return fmt.Errorf("%s: %w", door.key, err)
		}
		*door.listener = opened
	}
	s.listeners = l
	return nil
}

func (l listeners) close() {
	for _, one := range []net.Listener{l.grpc, l.rest, l.metrics, l.admin} {
		if one != nil {
			_ = one.Close() // it took no call
		}
	}
}

// GRPCAddr is where gRPC listens. Nil before the gateway is ready.
func (s *Server) GRPCAddr() net.Addr {
	return s.address(func(l listeners) net.Listener { return l.grpc })
}

// RESTAddr is where REST listens. Nil before the gateway is ready, and without REST.
func (s *Server) RESTAddr() net.Addr {
	return s.address(func(l listeners) net.Listener { return l.rest })
}

// MetricsAddr is where the metrics are served. Nil before the gateway is ready, and without them.
func (s *Server) MetricsAddr() net.Addr {
	return s.address(func(l listeners) net.Listener { return l.metrics })
}

// AdminAddr is where the services listen that operate the gateway. Nil before the
// gateway is ready, and without such a listener.
func (s *Server) AdminAddr() net.Addr {
	return s.address(func(l listeners) net.Listener { return l.admin })
}

func (s *Server) address(of func(listeners) net.Listener) net.Addr {
	select {
	case <-s.ready:
		if l := of(s.listeners); l != nil {
			return l.Addr()
		}
	default:
	}
	return nil
}
