package remote

import (
	"context"
	"fmt"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

var (
	_ adapters.Adapter         = (*Client)(nil)
	_ adapters.Locator         = (*Client)(nil)
	_ adapters.DocumentFetcher = (*Client)(nil)
	_ adapters.Contributor     = (*Client)(nil)
	_ adapters.Checker         = (*Client)(nil)
)

// Client is an adapter in another process. What that adapter cannot do, it answers with
// UNIMPLEMENTED itself. Safe for concurrent use.
type Client struct {
	service adapterv1.AdapterServiceClient
	about   *adapterv1.DescribeResponse
	close   func() error
}

// Dial connects to the adapter at a target of grpc's name syntax and asks what it gives.
// Close it when done. The error names neither target nor address.
func Dial(ctx context.Context, target string, security credentials.TransportCredentials, opts ...grpc.DialOption) (*Client, error) {
	conn, err := grpc.NewClient(target, append([]grpc.DialOption{grpc.WithTransportCredentials(security)}, opts...)...)
	if err != nil {
		return nil, fmt.Errorf("the adapter's target is not understood")
	}
	c, err := New(ctx, conn)
	if err != nil {
		_ = conn.Close() // it was never of use
		return nil, err
	}
	c.close = conn.Close
	return c, nil
}

// New makes an adapter of the service behind a connection, which stays the caller's. It asks
// once what the adapter gives; the answer stands for the client's life.
func New(ctx context.Context, conn grpc.ClientConnInterface) (*Client, error) {
	c := &Client{service: adapterv1.NewAdapterServiceClient(conn)}
	about, err := call(ctx, &adapterv1.DescribeRequest{}, c.service.Describe)
	if err != nil {
		return nil, fmt.Errorf("the adapter did not say what it gives: %s", status.Convert(err).Message())
	}
	c.about = about
	return c, nil
}

// Close ends the connection that Dial made.
func (c *Client) Close() error {
	if c.close == nil {
		return nil
	}
	return c.close()
}

// Describe is what the adapter said when the client was made.
func (c *Client) Describe() *adapterv1.DescribeResponse { return proto.CloneOf(c.about) }

// Locate asks the adapter.
func (c *Client) Locate(ctx context.Context, req *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
	return call(ctx, req, c.service.Locate)
}

// Fetch asks the adapter.
func (c *Client) Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	return call(ctx, req, c.service.Fetch)
}

// FetchDocument asks the adapter.
func (c *Client) FetchDocument(ctx context.Context, req *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
	return call(ctx, req, c.service.FetchDocument)
}

// Contribute asks the adapter.
func (c *Client) Contribute(ctx context.Context, req *adapterv1.ContributeRequest) (*adapterv1.ContributeResponse, error) {
	return call(ctx, req, c.service.Contribute)
}

// Check asks the adapter.
func (c *Client) Check(ctx context.Context, req *adapterv1.CheckRequest) (*adapterv1.CheckResponse, error) {
	return call(ctx, req, c.service.Check)
}
