package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
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
	client := grpc_health_v1.NewHealthClient(conn)
	answer, err := client.Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: h.Service})
	if status.Code(err) == codes.NotFound {
		return h.unknown(ctx, client)
	}
	if err != nil {
		return connectFlags{CA: h.CA}.explained(err)
	}
	if answer.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		return fmt.Errorf("it says %s", answer.GetStatus())
	}
	return c.Write(answer.GetStatus().String() + "\n")
}

// unknown says which parts there are in the place of one that there is not.
func (h healthCommand) unknown(ctx context.Context, client grpc_health_v1.HealthClient) error {
	listed, err := client.List(ctx, &grpc_health_v1.HealthListRequest{})
	if err != nil {
		return errors.New("--service: there is no such part of this gateway")
	}
	parts := slices.Sorted(maps.Keys(listed.GetStatuses()))
	return fmt.Errorf("--service: there is no such part of this gateway: it has %s", strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), ", "))
}

func (h healthCommand) transport() (credentials.TransportCredentials, error) {
	security, err := adminFlags{CA: h.CA, ServerName: h.ServerName, Cert: h.Cert, Key: h.Key}.security()
	if err != nil || h.Insecure {
		return insecure.NewCredentials(), err
	}
	return credentials.NewTLS(security), nil
}
