package gateway

import (
	"fmt"
	"net"
)

// listeners are where the gateway is reached. Without REST or metrics theirs is nil.
type listeners struct {
	grpc, rest, metrics net.Listener
}

// listen opens every listener or none. The error names the key.
func (s *Server) listen() error {
	var l listeners
	listen := s.opts.Config.Listen
	for _, door := range []struct {
		key, address string
		into         *net.Listener
	}{
		{"listen.grpc", listen.GRPC, &l.grpc},
		{"listen.rest", listen.REST, &l.rest},
		{"listen.metrics", listen.Metrics, &l.metrics},
	} {
		if door.address == "" {
			continue
		}
		opened, err := net.Listen("tcp", door.address)
		if err != nil {
			l.close()
			return fmt.Errorf("%s: %w", door.key, err)
		}
		*door.into = opened
	}
	s.listeners = l
	return nil
}

func (l listeners) close() {
	for _, one := range []net.Listener{l.grpc, l.rest, l.metrics} {
		if one != nil {
			_ = one.Close() // it took no call
		}
	}
}
