package soap_test

import (
	"bytes"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/ihe/soap"
)

const megabytes = 5 << 20

func large() []byte {
	head := "--b1\r\n" + part(rootHead, including("cid:d1")) + "\r\n--b1\r\n" + part("Content-ID: <d1>\r\nContent-Transfer-Encoding: binary", "")
	return append(append([]byte(head), bytes.Repeat([]byte("\xffPDF\r\n--b0 "), megabytes/11)...), "\r\n--b1--\r\n"...)
}

// retrieve reads a body of which the size is announced or not, as an adapter does.
func retrieve(tb testing.TB, body []byte, size int64) []byte {
	tb.Helper()
	read, err := call.NewBudget(64<<20).ReadAll(bytes.NewReader(body), size, 32<<20)
	if err != nil {
		tb.Fatal(err)
	}
	m, err := soap.Read(related, read)
	if err != nil {
		tb.Fatal(err)
	}
	content, err := m.Content(m.Body.Child("Document"))
	if err != nil {
		tb.Fatal(err)
	}
	return content
}

// All that is allocated, and so what is held at the peak too, stays within 2.5 times the
// document; where its size is announced, within little more than once.
func TestLargeDocumentIsHeldOnce(t *testing.T) {
	body := large()
	if got := len(retrieve(t, body, int64(len(body)))); got < megabytes-11 {
		t.Fatalf("%d bytes came", got)
	}
	for name, c := range map[string]struct {
		size int64
		most float64
	}{"announced": {int64(len(body)), 1.2}, "not announced": {-1, 2.5}} {
		r := testing.Benchmark(func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				retrieve(b, body, c.size)
			}
		})
		if times := float64(r.AllocedBytesPerOp()) / megabytes; times > c.most {
			t.Errorf("%s: %.2f times the document's size is allocated, want at most %.1f", name, times, c.most)
		}
	}
}

func BenchmarkRetrieveMTOM(b *testing.B) {
	body := large()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		retrieve(b, body, int64(len(body)))
	}
}
