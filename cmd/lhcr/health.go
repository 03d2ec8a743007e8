package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
)

// healthCommand is `health`: the probe of a container or of a supervisor. It sends no
// token, for the gateway tells everybody whether it is well.
type healthCommand struct {
	Target     string        `required:"" placeholder:"HOST:PORT" env:"LHCR_TARGET" help:"The gateway's gRPC address."`
	CA         string        `name:"ca" placeholder:"FILE" help:"The certificate authorities to trust, PEM, instead of the system's."`
	ServerName string        `placeholder:"NAME" help:"The name in the gateway's certificate, where it is another than the target's host."`
	Cert       string        `placeholder:"FILE" help:"Your client certificate, PEM, where the gateway asks for one."`
	Key        string        `placeholder:"FILE" help:"Its private key, PEM."`
	Insecure   bool          `help:"Connect without TLS."`
	Service    string        `placeholder:"NAME" help:"Ask about this part alone, such as region/dorset. Default: the gateway as a whole."`
	Timeout    time.Duration `default:"3s" help:"How long to wait for the answer."`
}

// Help teaches.
func (healthCommand) Help() string {
	return `Exit code 0 says that the gateway takes calls; anything else that it does not, or that
nothing answers there.`
}

// Run runs `health`.
func (h healthCommand) Run(ctx context.Context, c *console.Console) (err error) {
	ctx, cancel := context.WithTimeout(ctx, h.Timeout)
	defer cancel()
	transport, err := h.transport()
	if err != nil {
		return err
	}
	conn, err := grpc.NewClient(h.Target, grpc.WithTransportCredentials(transport))
	if err != nil {
		return fmt.Errorf("--target: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	answer, err := grpc_health_v1.NewHealthClient(conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: h.Service})
	if err != nil {
		return connectFlags{CA: h.CA}.explained(err)
	}
	if answer.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		return fmt.Errorf("it says %s", answer.GetStatus())
	}
	return c.Write(answer.GetStatus().String() + "\n")
}

func (h healthCommand) transport() (credentials.TransportCredentials, error) {
	security, err := adminFlags{CA: h.CA, Cert: h.Cert, Key: h.Key}.security()
	if err != nil || h.Insecure {
		return insecure.NewCredentials(), err
	}
	security.ServerName = h.ServerName
	return credentials.NewTLS(security), nil
}
