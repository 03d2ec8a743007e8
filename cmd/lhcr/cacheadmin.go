package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// adminFlags say how to reach a gateway's admin listener, which the SDK does not know.
type adminFlags struct {
	Target     string        `placeholder:"HOST:PORT" default:"127.0.0.1:7444" help:"The gateway's admin address. Default: ${default}."`
	CA         string        `name:"ca" placeholder:"FILE" help:"The certificate authorities to trust, PEM, instead of the system's."`
	ServerName string        `placeholder:"NAME" help:"The name in the gateway's certificate, where it is another than the target's host."`
	Cert       string        `placeholder:"FILE" help:"Your client certificate, PEM, where the gateway asks for one."`
	Key        string        `placeholder:"FILE" help:"Its private key, PEM."`
	TokenFile  string        `placeholder:"FILE" help:"A file with the bearer token, which must carry the permission."`
	Insecure   bool          `help:"Connect without TLS, and send the token where others can read it. For tests on one machine."`
	Timeout    time.Duration `default:"30s" help:"How long to wait for the answer."`
}

// explained names the flag that is to blame.
func (f adminFlags) explained(err error) error { return connectFlags{CA: f.CA}.explained(err) }

// admin is a connection to an admin listener.
type admin struct{ *grpc.ClientConn }

func (f adminFlags) dial() (admin, error) {
	transport, err := f.transport()
	if err != nil {
		return admin{}, err
	}
	options := []grpc.DialOption{grpc.WithTransportCredentials(transport), grpc.WithUserAgent("lhcr/" + version().Version)}
	if f.TokenFile != "" {
		options = append(options, grpc.WithPerRPCCredentials(operator{tokenFile(f.TokenFile), f.Insecure}))
	}
	conn, err := grpc.NewClient(f.Target, options...)
	if err != nil {
		return admin{}, fmt.Errorf("--target: %w", err)
	}
	return admin{conn}, nil
}

func (f adminFlags) transport() (credentials.TransportCredentials, error) {
	security, err := f.security()
	if err != nil || f.Insecure {
		return insecure.NewCredentials(), err
	}
	return credentials.NewTLS(security), nil
}

func (f adminFlags) security() (*tls.Config, error) {
	security := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: f.ServerName}
	if f.CA != "" {
		pool, err := readPool(f.CA)
		if err != nil {
			return nil, err
		}
		security.RootCAs = pool
	}
	if f.Cert != "" || f.Key != "" {
		certificate, err := tls.LoadX509KeyPair(f.Cert, f.Key)
		if err != nil {
			return nil, fmt.Errorf("--cert and --key: %w", err)
		}
		security.Certificates = []tls.Certificate{certificate}
	}
	return security, nil
}

// purge purges a patient. Its error is an *sdk.Error, as those of other commands.
func (a admin) purge(ctx context.Context, number string) (*lhcrv1.PurgePatientResponse, error) {
	var header, trailer metadata.MD
	answer, err := lhcrv1.NewCacheServiceClient(a).PurgePatient(ctx,
		&lhcrv1.PurgePatientRequest{Patient: &lhcrv1.PatientQuery{NhsNumber: number}}, grpc.Header(&header), grpc.Trailer(&trailer))
	if err == nil {
		return answer, nil
	}
	s := status.Convert(err)
	failure := &sdk.Error{Code: s.Code(), Message: s.Message()}
	for _, md := range []metadata.MD{trailer, header} {
		if id := md.Get("x-request-id"); len(id) > 0 {
			failure.RequestID = id[0]
		}
	}
	for _, detail := range s.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			failure.Reason = lhcrv1.ErrorReason(lhcrv1.ErrorReason_value[info.GetReason()])
		}
	}
	return nil, failure
}

// operator sends the token of whoever operates the gateway.
type operator struct {
	tokens   sdk.TokenFunc
	insecure bool
}

var _ credentials.PerRPCCredentials = operator{}

// GetRequestMetadata is the header with the token.
func (o operator) GetRequestMetadata(ctx context.Context, _ ...string) (map[string]string, error) {
	token, err := o.tokens(ctx)
	if err != nil {
		return nil, err
	}
	if token == "" {
		return nil, errors.New("the file of --token-file is empty")
	}
	return map[string]string{"authorization": "Bearer " + token}, nil
}

// RequireTransportSecurity keeps tokens off plain connections, unless they are asked for.
func (o operator) RequireTransportSecurity() bool { return !o.insecure }
