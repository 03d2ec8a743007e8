package gateway_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"testing"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
)

// What the warm benchmarks ask: three regions, eight sections, 40 KB.
const (
	warmRegions = 3
	warmBytes   = 40 << 10
	warmItems   = 5 // in each section of a region
	warmNote    = 213
)

var warmSections = []lhcrv1.Section{
	lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_MEDICATIONS, lhcrv1.Section_SECTION_VACCINATIONS,
	lhcrv1.Section_SECTION_PROBLEMS, lhcrv1.Section_SECTION_PROCEDURES, lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	lhcrv1.Section_SECTION_ALERTS, lhcrv1.Section_SECTION_DOCUMENTS,
}

// BenchmarkWarmLookup compares GetRecord of a record that is held in this process,
// with everything that a call passes, with a bare handler of grpc-go that answers
// the same bytes over the same TLS.
func BenchmarkWarmLookup(b *testing.B) {
	h := prepare(b, warmRegionsOf()...).quiet(b).open(b)
	answer := h.warm(b)
	floor := bareHandler(b, h, func(context.Context) []byte { return answer })
	comparePairs(b, 2560, h.calling(b, floor), h.calling(b, h.GRPCAddr().String()))
}

// quiet lets the log take what it gets and keeps none of it, and traces nothing:
// the lines of the audit are made all the same.
func (h *house) quiet(tb testing.TB) *house {
	tb.Helper()
	h.log.mute()
	h.opts.TraceExporter = nil
	return h
}

// warm looks the patient up until every outcome comes from the cache, and gives the answer's bytes.
func (h *house) warm(tb testing.TB) []byte {
	tb.Helper()
	for range 100 {
		res, err := h.records(tb).GetRecord(h.as(tb), asking(warmSections...))
		if err != nil {
			tb.Fatal(err)
		}
		if encoded, ok := allHeld(tb, res); ok {
			return encoded
		}
	}
	tb.Fatal("the record is not kept")
	return nil
}

func allHeld(tb testing.TB, res *lhcrv1.GetRecordResponse) ([]byte, bool) {
	tb.Helper()
	for _, o := range res.GetOutcomes() {
		if !o.GetFromCache() {
			return nil, false
		}
	}
	if got := len(res.GetOutcomes()); got != warmRegions*len(warmSections) || res.GetCompleteness() != lhcrv1.Completeness_COMPLETENESS_COMPLETE {
		tb.Fatalf("%d outcomes, %v", got, res.GetCompleteness())
	}
	encoded, err := proto.Marshal(res)
	if err != nil {
		tb.Fatal(err)
	}
	if n := len(encoded); n < warmBytes*9/10 || n > warmBytes*11/10 {
		tb.Fatalf("the answer has %d bytes, want about %d", n, warmBytes)
	}
	return encoded, true
}

// bareHandler serves GetRecord with nothing but grpc-go, TLS and the bytes, and gives its address.
func bareHandler(b *testing.B, h *house, answer func(context.Context) []byte) string {
	b.Helper()
	server := bareServer(answer, grpc.Creds(credentials.NewTLS(h.serverTLS(b))))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	b.Cleanup(server.Stop)
	return listener.Addr().String()
}

func bareServer(answer func(context.Context) []byte, options ...grpc.ServerOption) *grpc.Server {
	server := grpc.NewServer(append(options, grpc.ForceServerCodecV2(raw{}))...)
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: lhcrv1.RecordService_ServiceDesc.ServiceName,
		HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{{MethodName: "GetRecord", Handler: func(_ any, ctx context.Context, dec func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			if err := dec(&frame{}); err != nil {
				return nil, err
			}
			return &frame{answer(ctx)}, nil
		}}},
	}, nil)
	return server
}

// serverTLS shows the gateway's own certificate.
func (h *house) serverTLS(tb testing.TB) *tls.Config {
	tb.Helper()
	certificate, err := tls.LoadX509KeyPair(h.config.TLS.CertFile, h.config.TLS.KeyFile)
	if err != nil {
		tb.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
}

// calling makes the calls of one side: the same request, with the same token, over
// connections of its own.
func (h *house) calling(b *testing.B, address string) side {
	b.Helper()
	request, err := proto.Marshal(asking(warmSections...))
	if err != nil {
		b.Fatal(err)
	}
	conns := make([]*grpc.ClientConn, pairConns)
	for i := range conns {
		if conns[i], err = grpc.NewClient(address, grpc.WithTransportCredentials(credentials.NewTLS(h.clientTLS(b, h.ca, ""))),
			grpc.WithDefaultCallOptions(grpc.ForceCodecV2(raw{}))); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = conns[i].Close() })
	}
	authorization := "Bearer " + h.token(b)
	return func(ctx context.Context, caller int) {
		var res frame
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", authorization)
		if err := conns[caller%pairConns].Invoke(ctx, lhcrv1.RecordService_GetRecord_FullMethodName, &frame{request}, &res); err != nil {
			panic(err)
		}
		if len(res.bytes) < warmBytes/2 {
			panic("the answer is too short")
		}
	}
}

// warmRegionsOf are regions that answer a third of the record each.
func warmRegionsOf() []*region {
	var regions []*region
	for i := range warmRegions {
		id := fmt.Sprintf("region-%d", i)
		regions = append(regions, &region{id: id, fetch: func(_ context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			res := &adapterv1.FetchResponse{Record: warmRecord(id), Patients: []*adapterv1.MatchedPatient{{NhsNumber: patient}}}
			for _, s := range req.GetSections() {
				res.Outcomes = append(res.Outcomes, &lhcrv1.SectionOutcome{Section: s, Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED})
			}
			return res, nil
		}})
	}
	return regions
}

// warmRecord is a record with a few items in every section.
func warmRecord(region string) *lhcrv1.Record {
	r := &lhcrv1.Record{}
	for i := range warmItems {
		header := func(s lhcrv1.Section) *lhcrv1.ItemHeader {
			return &lhcrv1.ItemHeader{
				RegionId: region, ItemId: fmt.Sprintf("%s-%d-%d", region, s, i), Section: s, SubjectCheck: lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH,
				SourceOrganisation: &lhcrv1.Organisation{OdsCode: "A81001", Name: "A practice"},
				Identifiers:        []*lhcrv1.Identifier{{System: "https://practice.example/id", Value: fmt.Sprintf("%s-%d", region, i)}},
				Notes:              []*lhcrv1.Note{{Text: strings.Repeat("n", warmNote)}},
			}
		}
		concept := &lhcrv1.Concept{Text: "As recorded", Codings: []*lhcrv1.Coding{{System: "http://snomed.info/sct", Code: fmt.Sprint(1000 + i)}}}
		r.Allergies = append(r.Allergies, &lhcrv1.Allergy{Header: header(warmSections[0]), Code: concept})
		r.Medications = append(r.Medications, &lhcrv1.Medication{Header: header(warmSections[1])})
		r.Vaccinations = append(r.Vaccinations, &lhcrv1.Immunisation{Header: header(warmSections[2])})
		r.Problems = append(r.Problems, &lhcrv1.Problem{Header: header(warmSections[3]), Code: concept})
		r.Procedures = append(r.Procedures, &lhcrv1.Procedure{Header: header(warmSections[4])})
		r.InvestigationResults = append(r.InvestigationResults, &lhcrv1.InvestigationResult{Header: header(warmSections[5])})
		r.Alerts = append(r.Alerts, &lhcrv1.Alert{Header: header(warmSections[6])})
		r.Documents = append(r.Documents, &lhcrv1.Document{Header: header(warmSections[7])})
	}
	return r
}
