// Nomessagefmt is a vet tool that forbids turning protobuf messages into text
// for people: with fmt, log, slog, panic, String, prototext or
// protojson.Format. In Go `debug_redact` does nothing by itself, so any of
// these would write a patient's identifiers into a log or an error.
//
//	go vet -vettool=.ci/bin/nomessagefmt ./...
//
// Tests and generated files are left alone. It goes by static types: a message
// that hides in an `any`, or in an unexported field, is not seen.
package main

import "golang.org/x/tools/go/analysis/unitchecker"

func main() {
	unitchecker.Main(analyzer)
}
