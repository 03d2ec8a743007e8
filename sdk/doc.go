// Package sdk is what a pharmacy system embeds to read shared care records
// through an OpenLHCR gateway.
//
//	client, err := sdk.Dial(ctx, "gateway.example:7443", sdk.WithRootCAFile("ca.pem"))
//	...
//	record, err := client.As(tokens).GetRecord(ctx, sdk.Query{
//		Patient: sdk.Patient{NHSNumber: number, DateOfBirth: "1951-04-17"},
//		Access:  sdk.LegitimateRelationship(),
//	})
//	...
//	allergies, err := record.Allergies().Complete()
//	var incomplete *sdk.IncompleteError
//	if errors.As(err, &incomplete) {
//		allergies, gaps := record.Allergies().WithGaps()
//		// Show the gaps with the allergies.
//	}
//
// # One client, many users
//
// Keep one [Client] for the life of the program. [Client.As] is its view for one
// user: its calls carry that user's tokens and no others, over the shared connection.
// A [TokenSource] gives them: [FileToken], [NewCachedToken], the packages sdk/command
// and sdk/assertion, or your own.
//
// # What is missing cannot be overlooked
//
// A regional exchange can answer while some of its providers did not. A section
// of a [Record] is therefore no slice but a [Section]: its items come out through
// [Section.Complete], which fails when anything is missing, or through
// [Section.WithGaps], which hands the gaps over with them. There is no third way.
//
// An empty section is not "none". [Section.Words] says what may be told a user.
//
// # What a failed call says
//
// Every error of a call is an [*Error] with a gRPC code and a documented reason:
//
//	if errors.Is(err, sdk.Reason(lhcrv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED)) { … }
//
// [Error.Retryable] says whether to offer another try. The client has made some of its
// own by then, within the call's deadline and a budget: see [Retry]. A call whose
// context has no deadline is given one: see [DefaultTimeout].
//
// A region's failure is never an error of the call: it is a gap of the record.
//
// # How old, and how large
//
// [Record.Ages] and [Age.AsOf] say how old an answer is, [Freshness] how old it may be.
// An answer above 4 MiB needs [Client.StreamRecord]. A document comes out through
// [Client.GetDocument], [Client.ReadDocument] or [Client.OpenDocument], each of which
// tells a document that is not whole from one that is.
//
// # Identifiers
//
// NHS numbers and dates of birth travel in message bodies only. The types of this
// package that hold them, or anything of a record, or a token, print and log without
// it, and no error carries one. Keep it so: do not format messages of the contract into
// logs, and show [Gap.Words], which quote a source, on the screen only.
package sdk
