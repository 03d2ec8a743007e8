package soak

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// Who calls: three people of two pharmacies in two roles.
const (
	firstPharmacy  = "FZZ99"
	secondPharmacy = "FZZ98"
	pharmacistRole = "R1290"
	technicianRole = "R1291"
)

// life is how long a token of a soak lives: longer than any soak.
const life = 12 * time.Hour

// mostBytes is the largest message that a caller takes.
const mostBytes = 16 << 20

// callers are those who call, and what they call through.
type callers struct {
	people []caller
	admin  lhcrv1.CacheServiceClient
	web    *http.Client
	rest   string
	conns  []*grpc.ClientConn
}

// caller is one who calls, over a connection of its own. slow is another connection, on
// which little may be under way unread.
type caller struct {
	name       string
	token      string
	fast, slow lhcrv1.RecordServiceClient
}

func claims() []access.Claims {
	first := sandboxissuer.Pharmacist()
	technician, elsewhere := first, first
	technician.Person.ID, technician.Role = "sandbox-technician", access.RoleClaim{Code: technicianRole, Name: "Pharmacy technician"}
	elsewhere.Person.ID, elsewhere.Organisation = "sandbox-pharmacist-2", access.OrganisationClaim{ODSCode: secondPharmacy, Name: "Second Sandbox Pharmacy"}
	return []access.Claims{first, technician, elsewhere}
}

// connect connects everybody to the house.
func connect(house *demo.Demo) (c callers, err error) {
	security, err := trusting(house.Files.CA)
	if err != nil {
		return c, err
	}
	for i, who := range claims() {
		token, err := house.Token(who, life)
		if err != nil {
			return c, err
		}
		fast, err := c.dial(house.GRPC, security, token)
		if err != nil {
			return c, err
		}
		slow, err := c.dial(house.GRPC, security, token, grpc.WithInitialWindowSize(64<<10), grpc.WithInitialConnWindowSize(64<<10))
		if err != nil {
			return c, err
		}
		c.people = append(c.people, caller{
			name: fmt.Sprintf("caller %d", i+1), token: token,
			fast: lhcrv1.NewRecordServiceClient(fast), slow: lhcrv1.NewRecordServiceClient(slow),
		})
	}
	token, err := house.Token(sandboxissuer.Operator(), life)
	if err != nil {
		return c, err
	}
	admin, err := c.dial(house.Admin, security, token)
	if err != nil {
		return c, err
	}
	c.admin, c.rest = lhcrv1.NewCacheServiceClient(admin), "https://"+house.REST
	c.web = &http.Client{Transport: &http.Transport{TLSClientConfig: security.Clone(), MaxIdleConnsPerHost: 64}}
	return c, nil
}

func trusting(ca string) (*tls.Config, error) {
	pem, err := os.ReadFile(ca)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("the house has no authority")
	}
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, nil
}

func (c *callers) dial(target string, security *tls.Config, token string, more ...grpc.DialOption) (*grpc.ClientConn, error) {
	options := append(more, grpc.WithTransportCredentials(credentials.NewTLS(security.Clone())), grpc.WithPerRPCCredentials(bearer(token)),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(mostBytes)), grpc.WithDisableRetry())
	conn, err := grpc.NewClient(target, options...)
	if err == nil {
		c.conns = append(c.conns, conn)
	}
	return conn, err
}

func (c callers) close() error {
	var errs []error
	for _, conn := range c.conns {
		errs = append(errs, conn.Close())
	}
	if c.web != nil {
		c.web.CloseIdleConnections()
	}
	return errors.Join(errs...)
}

// bearer sends a token with each call.
type bearer string

var _ credentials.PerRPCCredentials = bearer("")

// GetRequestMetadata is the header with the token.
func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(b)}, nil
}

// RequireTransportSecurity keeps tokens off plain connections.
func (bearer) RequireTransportSecurity() bool { return true }
