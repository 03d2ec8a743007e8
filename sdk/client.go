package sdk

import (
	"context"
	"fmt"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
)

// ContractVersion is the contract that this package speaks.
const ContractVersion = "v1"

// Client reads records through one gateway. It is safe for concurrent use; keep
// one for the life of the program. [Client.As] makes the view of one of its users.
type Client struct {
	*connection
	tokens TokenSource
	view   bool
}

// connection is what all views of a client share.
type connection struct {
	settings
	conn    *grpc.ClientConn
	records lhcrv1.RecordServiceClient
	regions lhcrv1.RegionServiceClient
	server  lhcrv1.ServerServiceClient
	budget  *budget
}

// Dial connects to a gateway over TLS 1.2 or newer and asks which contract it
// speaks; the error says what is wrong with address, certificate or contract. The
// context bounds the dialling only. Close the client when done.
//
// The target is host:port, or one of gRPC's names such as "dns:///gateway.example:7443".
// Where a name has several addresses, calls go to each in turn, and past one that is down.
func Dial(ctx context.Context, target string, options ...Option) (*Client, error) {
	s := defaults()
	for _, option := range options {
		option(&s)
	}
	conn, err := s.connect(target)
	if err != nil {
		return nil, fmt.Errorf("sdk: %w", err)
	}
	client := &Client{tokens: s.tokens, connection: &connection{
		settings: s,
		conn:     conn,
		records:  lhcrv1.NewRecordServiceClient(conn),
		regions:  lhcrv1.NewRegionServiceClient(conn),
		server:   lhcrv1.NewServerServiceClient(conn),
		budget:   newBudget(s.retry),
	}}
	if s.lazy {
		return client, nil
	}
	if err := client.checkContract(ctx); err != nil {
		// The connection is of no use, and its own error of no interest beside this one.
		_ = conn.Close()
		return nil, err
	}
	return client, nil
}

// As is the client for one user: its calls carry the tokens of this source and of no
// other, over the connection that all views share. Make one for each user who is
// signed in, or for each call: it costs nothing, and views may be used side by side.
// With a nil source its calls carry no token, and never that of somebody else.
//
// Closing a view closes nothing: the client that [Dial] gave holds the connection.
func (c *Client) As(source TokenSource) *Client {
	return &Client{connection: c.connection, tokens: source, view: true}
}

// Close ends the connection. Calls under way fail, those of its views too.
func (c *Client) Close() error {
	if c.view {
		return nil
	}
	return c.conn.Close()
}

func (c *Client) checkContract(ctx context.Context) error {
	info, err := c.ServerInfo(ctx)
	if err != nil {
		return err
	}
	if got := info.GetContractVersion(); got != ContractVersion {
		return fmt.Errorf("sdk: the gateway speaks contract %q, this client %q", got, ContractVersion)
	}
	return nil
}

// bounded gives the context a deadline where it has none. It says how long that is,
// or zero when the deadline, or its lack, is the caller's own.
func bounded(ctx context.Context, most time.Duration) (context.Context, context.CancelFunc, time.Duration) {
	if _, ok := ctx.Deadline(); ok || most <= 0 {
		ctx, cancel := context.WithCancel(ctx)
		return ctx, cancel, 0
	}
	ctx, cancel := context.WithTimeout(ctx, most)
	return ctx, cancel, most
}
