package answer_test

import (
	"testing"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
)

func BenchmarkRead(b *testing.B) {
	data := readFile(b, "gpconnect-structured-stu3/pwtp/EMISPatientStructurede2eResponsePWTP4.json")
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := answer.Read(data, answer.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
