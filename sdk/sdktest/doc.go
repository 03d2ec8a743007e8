// Package sdktest is a gateway in the process of a vendor's tests: it answers for
// the synthetic patients of the sandbox as a real gateway does, and fails as one
// does when told to.
//
//	gateway := sdktest.Start()
//	defer gateway.Close()
//	client, err := gateway.Client()
//	...
//	defer gateway.Switch(sdktest.AnswersInPart("dorset"))()
//	record, err := client.GetRecord(ctx, query)
//	// Does your screen say that Dorset's allergies are not whole?
//
// Its records are fixtures that a real gateway made of the sandbox: a test of this
// project proves them fresh. Nothing of it needs a network.
//
// It checks what a gateway checks first, so that a vendor's mistake shows here: that
// a token comes, that the NHS number has its check digit, that the access says why.
// It does not check who the token names, and it keeps what was asked for a test to
// look at: use it with synthetic patients only.
package sdktest
