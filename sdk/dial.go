package sdk

import (
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	_ "google.golang.org/grpc/health" // the health checks of WithHealthChecking
	"google.golang.org/grpc/keepalive"
)

const (
	inTurn        = `{"loadBalancingConfig":[{"round_robin":{}}]}`
	inTurnHealthy = `{"loadBalancingConfig":[{"round_robin":{}}],"healthCheckConfig":{"serviceName":""}}`
)

// connect makes the connection, which dials when it is first needed.
func (s *settings) connect(target string) (*grpc.ClientConn, error) {
	transport, err := s.transport()
	if err != nil {
		return nil, err
	}
	return grpc.NewClient(target, append(s.dialOptions(), grpc.WithTransportCredentials(transport))...)
}

func (s *settings) transport() (credentials.TransportCredentials, error) {
	if s.plaintext {
		return insecure.NewCredentials(), nil
	}
	return s.trust.credentials(s.logger)
}

func (s *settings) dialOptions() []grpc.DialOption {
	options := []grpc.DialOption{
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(s.maxBytes), grpc.WaitForReady(s.waitForReady)),
		// A config that stands in DNS would be anybody's who can change a name's text.
		grpc.WithDisableServiceConfig(),
		grpc.WithDefaultServiceConfig(s.config()),
		// A gateway that comes back is found within seconds: grpc waits two minutes.
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 250 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 10 * time.Second},
			MinConnectTimeout: 5 * time.Second,
		}),
	}
	if s.keepalive.every > 0 {
		options = append(options, grpc.WithKeepaliveParams(keepalive.ClientParameters{
			Time: s.keepalive.every, Timeout: s.keepalive.timeout, PermitWithoutStream: true,
		}))
	}
	return append(options, s.chosenOptions()...)
}

func (s *settings) config() string {
	switch {
	case s.serviceConfig != "":
		return s.serviceConfig
	case s.health:
		return inTurnHealthy
	}
	return inTurn
}

// chosenOptions are those that stand only where somebody asked for them.
func (s *settings) chosenOptions() []grpc.DialOption {
	var options []grpc.DialOption
	if s.userAgent != "" {
		options = append(options, grpc.WithUserAgent(s.userAgent))
	}
	if s.dialer != nil {
		options = append(options, grpc.WithContextDialer(s.dialer))
	}
	if s.stats != nil {
		options = append(options, grpc.WithStatsHandler(s.stats))
	}
	return options
}
