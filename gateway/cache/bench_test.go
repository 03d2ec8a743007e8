package cache_test

import (
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// A lookup of 3 regions and 8 sections, 40 KB, all of it kept.
func BenchmarkRead(b *testing.B) {
	for name, change := range map[string]func(*cache.Options){
		"memory":            nil,
		"shared":            func(o *cache.Options) { o.Memory, o.Shared = 0, newStore() },
		"memory and shared": func(o *cache.Options) { o.Shared = newStore() },
	} {
		b.Run(name, func(b *testing.B) {
			g := open(b, func(o *cache.Options) {
				o.Memory = 32 << 20
				if change != nil {
					change(o)
				}
				o.Observer, o.Now = nil, time.Now
			})
			g.now = time.Now()
			var fields []cache.Field
			for i := range 24 {
				fields = append(fields, cache.Field{Region: regions[i%3], Section: lhcrv1.Section(i / 3), View: cache.View{1}, Reader: "1"})
			}
			g.fill(ann, make([]byte, 40<<10/24), fields...)
			if err := g.Settle(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				r := g.Read(b.Context(), ann, fields)
				if _, ok := r.Entry(23); !ok {
					b.Fatal("not found")
				}
			}
		})
	}
}

func BenchmarkFill(b *testing.B) {
	g := open(b, func(o *cache.Options) { o.Memory, o.Observer, o.Now = 32<<20, nil, time.Now })
	g.now = time.Now()
	var fields []cache.Field
	for i := range 8 {
		fields = append(fields, cache.Field{Region: "dorset", Section: lhcrv1.Section(i), View: cache.View{1}, Reader: "1"})
	}
	words := make([]byte, 2<<10)
	b.ReportAllocs()
	for b.Loop() {
		g.fill(ann, words, fields...)
	}
}
