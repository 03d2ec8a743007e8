// Package adapters is the contract between the gateway and the regional record
// systems: what an adapter promises, what it may count on, and the registry in
// which a deployment finds it.
//
// A region's package implements [Adapter], and whichever of the optional
// interfaces its region can serve. The gateway never calls an implementation
// directly: it holds a [Region], which wraps one, turns an ability that is not
// there into UNIMPLEMENTED, and keeps broken promises from reaching a patient.
package adapters

import (
	"context"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
)

// Adapter speaks one regional system's protocol.
//
// Every implementation, in whichever process:
//   - may be called concurrently, and returns promptly once its context is done;
//   - may keep tokens and connections, and must keep nothing of a patient;
//   - makes no policy decision and writes no audit;
//   - returns errors that are gRPC statuses, whose messages carry no identifier of
//     a patient, no URL and no bytes of an answer.
type Adapter interface {
	// Describe says what the region gives. It does no input or output, and answers
	// the same for the life of the adapter.
	Describe() *adapterv1.DescribeResponse

	// Fetch gets the asked sections of one patient. The answer must hold one
	// outcome for every section asked for, and every patient that matched, whether
	// asked for or not. The adapter must have checked that the subject of each item
	// is that patient. What a region could not give is an outcome; an error is for
	// when nothing at all can be said.
	Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error)
}

// Locator is an Adapter that can say ahead of a fetch whether its region holds a
// patient. A region that does not match anybody is an answer, never an error.
type Locator interface {
	// Locate may return a handle, which the gateway hands to Fetch and
	// FetchDocument unread, so that nobody searches the patient twice.
	Locate(ctx context.Context, req *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error)
}

// DocumentFetcher is an Adapter that can fetch documents.
type DocumentFetcher interface {
	// FetchDocument gets one content of one document, at most [MaxDocumentBytes]. It
	// must have checked that the region lists the document for the patient;
	// otherwise the error is NOT_FOUND.
	FetchDocument(ctx context.Context, req *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error)
}

// Contributor is an Adapter that can write to its region.
type Contributor interface {
	// Contribute writes one contribution. The same idempotency key twice must write once.
	Contribute(ctx context.Context, req *adapterv1.ContributeRequest) (*adapterv1.ContributeResponse, error)
}

// Checker is an Adapter that can try whether its region is reachable and accepts
// our credentials.
type Checker interface {
	// Check must touch no patient's data.
	Check(ctx context.Context, req *adapterv1.CheckRequest) (*adapterv1.CheckResponse, error)
}

// MaxDocumentBytes is the largest document that is delivered.
const MaxDocumentBytes = 8 << 20

// MaxMessageBytes is the largest message between the gateway and an adapter out of
// process: a whole record with its originals, above grpc's default of 4 MiB.
const MaxMessageBytes = 32 << 20
