// Package sdk is what a pharmacy system embeds to read shared care records
// through an OpenLHCR gateway.
//
//	client, err := sdk.Dial(ctx, "gateway.example:7443",
//		sdk.WithRootCAs(pool),
//		sdk.WithTokenSource(tokens))
//	...
//	record, err := client.GetRecord(ctx, sdk.Query{
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
// A region's failure is never an error of the call: it is a gap of the record.
//
// # Identifiers
//
// NHS numbers and dates of birth travel in message bodies only. The types of this
// package that hold them print without them, and no error carries one. Keep it so:
// do not format messages of the contract into logs.
package sdk
