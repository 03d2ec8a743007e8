package sdk_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"testing"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
)

const (
	testNumber = "9990000018"
	testBirth  = "1951-04-17"
)

var testPatient = sdk.Patient{NHSNumber: testNumber, DateOfBirth: testBirth}

func testQuery(sections ...lhcrv1.Section) sdk.Query {
	return sdk.Query{Patient: testPatient, Access: sdk.LegitimateRelationship(), Sections: sections}
}

// gateway is a gateway whose answers are functions. A method without one is UNIMPLEMENTED.
type gateway struct {
	lhcrv1.UnimplementedRecordServiceServer
	lhcrv1.UnimplementedRegionServiceServer
	lhcrv1.UnimplementedServerServiceServer

	contract string
	get      func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error)
	stream   func(*lhcrv1.StreamRecordRequest, lhcrv1.RecordService_StreamRecordServer) error
	document func(*lhcrv1.GetDocumentRequest, lhcrv1.RecordService_GetDocumentServer) error
	resolve  func(*lhcrv1.ResolveRegionsRequest) (*lhcrv1.ResolveRegionsResponse, error)
}

func (g *gateway) GetServerInfo(context.Context, *lhcrv1.GetServerInfoRequest) (*lhcrv1.GetServerInfoResponse, error) {
	if g.contract == "" {
		return &lhcrv1.GetServerInfoResponse{Version: "test", ContractVersion: sdk.ContractVersion}, nil
	}
	return &lhcrv1.GetServerInfoResponse{ContractVersion: g.contract}, nil
}

func (g *gateway) GetRecord(ctx context.Context, req *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
	if g.get == nil {
		return g.UnimplementedRecordServiceServer.GetRecord(ctx, req)
	}
	return g.get(ctx, req)
}

func (g *gateway) StreamRecord(req *lhcrv1.StreamRecordRequest, s lhcrv1.RecordService_StreamRecordServer) error {
	if g.stream == nil {
		return g.UnimplementedRecordServiceServer.StreamRecord(req, s)
	}
	return g.stream(req, s)
}

func (g *gateway) GetDocument(req *lhcrv1.GetDocumentRequest, s lhcrv1.RecordService_GetDocumentServer) error {
	if g.document == nil {
		return g.UnimplementedRecordServiceServer.GetDocument(req, s)
	}
	return g.document(req, s)
}

func (g *gateway) ResolveRegions(ctx context.Context, req *lhcrv1.ResolveRegionsRequest) (*lhcrv1.ResolveRegionsResponse, error) {
	if g.resolve == nil {
		return g.UnimplementedRegionServiceServer.ResolveRegions(ctx, req)
	}
	return g.resolve(req)
}

func (g *gateway) ListRegions(context.Context, *lhcrv1.ListRegionsRequest) (*lhcrv1.ListRegionsResponse, error) {
	return &lhcrv1.ListRegionsResponse{Regions: []*lhcrv1.Region{{RegionId: "dorset"}, {RegionId: "yorkshire"}}}, nil
}

// serve runs the gateway in memory and returns how to reach it.
func serve(g *gateway, transport credentials.TransportCredentials) (reach sdk.Option, stop func()) {
	listener := bufconn.Listen(1 << 20)
	server := grpc.NewServer(grpc.Creds(transport))
	lhcrv1.RegisterRecordServiceServer(server, g)
	lhcrv1.RegisterRegionServiceServer(server, g)
	lhcrv1.RegisterServerServiceServer(server, g)
	go func() { _ = server.Serve(listener) }() // ends with stop
	dial := func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }
	return sdk.WithDialer(dial), server.Stop
}

// connect dials a gateway in memory without TLS.
func connect(t *testing.T, g *gateway, options ...sdk.Option) *sdk.Client {
	t.Helper()
	reach, stop := serve(g, insecure.NewCredentials())
	t.Cleanup(stop)
	client, err := sdk.Dial(t.Context(), "passthrough:///gateway", append(options, reach, sdk.WithInsecurePlaintext())...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return client
}

// certificate makes a self-signed certificate for a name.
func certificate(t *testing.T, name string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// header is the header of an item.
func header(region, id string, section lhcrv1.Section) *lhcrv1.ItemHeader {
	return &lhcrv1.ItemHeader{RegionId: region, ItemId: id, Section: section, SubjectCheck: lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH}
}

func allergy(region, id, words string) *lhcrv1.Allergy {
	return &lhcrv1.Allergy{Header: header(region, id, lhcrv1.Section_SECTION_ALLERGIES), Code: &lhcrv1.Concept{Text: words, Display: words}}
}

func outcome(region string, section lhcrv1.Section, status lhcrv1.OutcomeStatus) *lhcrv1.SectionOutcome {
	return &lhcrv1.SectionOutcome{RegionId: region, Section: section, Status: status}
}
