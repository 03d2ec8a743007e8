package fhir_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
)

// BenchmarkReadBundle reads a whole GP record of 1.3 MB to the contract. Its floor is
// encoding/json into any of the same bytes, measured in the same run, in pairs:
// of-floor is the median of how many times as fast as the floor it is,
// bytes-of-floor how much it allocates beside it.
func BenchmarkReadBundle(b *testing.B) {
	body := wholeRecord(b)
	in := fhir.Input{
		RegionID: "test", Version: fhir.STU3, Now: now, Courses: mapping.CourseRuleGPConnect,
		SourceIsPatientsPractice: true, Payloads: []fhir.Payload{{Body: body}},
	}
	read := func() {
		if _, err := fhir.Read(in); err != nil {
			b.Fatal(err)
		}
	}
	floor := func() {
		var v any
		if err := json.Unmarshal(body, &v); err != nil {
			b.Fatal(err)
		}
	}
	bytes := allocated(read) / allocated(floor)
	b.SetBytes(int64(len(body)))
	var speeds []float64
	for b.Loop() {
		speeds = append(speeds, float64(timed(floor))/float64(timed(read)))
	}
	slices.Sort(speeds)
	b.ReportMetric(speeds[len(speeds)/2], "of-floor")
	b.ReportMetric(bytes, "bytes-of-floor")
}

// BenchmarkReadBundleAlone is the reader without its floor, for profiles.
func BenchmarkReadBundleAlone(b *testing.B) {
	body := wholeRecord(b)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		_, err := fhir.Read(fhir.Input{
			RegionID: "test", Version: fhir.STU3, Now: now, Courses: mapping.CourseRuleGPConnect,
			SourceIsPatientsPractice: true, Payloads: []fhir.Payload{{Body: body}},
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// timed begins with a clean heap, so that neither pays for the other's garbage.
func timed(do func()) time.Duration {
	runtime.GC()
	start := time.Now()
	do()
	return time.Since(start)
}

// allocated is how many bytes one call allocates, after a first that warms caches.
func allocated(do func()) float64 {
	do()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc - before.TotalAlloc)
}

// wholeRecord is a published record, or a made one of the same size and shape.
func wholeRecord(b *testing.B) []byte {
	b.Helper()
	dir := os.Getenv("LHCR_TESTDATA")
	if dir == "" {
		return madeRecord(b)
	}
	body, err := os.ReadFile(filepath.Join(dir, gp+"pwtp/EMISPatientStructurede2eResponsePWTP4.json"))
	if err != nil {
		b.Fatal(err)
	}
	return body
}
