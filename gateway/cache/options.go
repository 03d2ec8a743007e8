package cache

import (
	"cmp"
	"crypto/rand"
	"errors"
	"io"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache/seal"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Options say what a cache is made of. What may be left out is zero.
type Options struct {
	// Memory bounds what is kept in this process, in bytes. Zero keeps nothing here.
	Memory int64
	// Shared is the store that gateways share. The cache owns it. Nil for none.
	Shared Store
	// Keys are the keys under which Shared is used. Without them, and without Shared,
	// random ones are made for this process.
	Keys *seal.Ring
	// Parse makes a value of the bytes that it gave, which it takes over. Required.
	Parse func(lhcrv1.Section, []byte) (Value, error)
	// Longest is the longest that anything is kept, by any gateway that shares Shared.
	// What is to be kept for longer is kept for as long as this. Required.
	Longest time.Duration
	// Observer is told what happens.
	Observer Observer

	// SharedTimeout bounds how long a read waits for Shared. 100 ms when zero.
	SharedTimeout time.Duration
	// PurgeTimeout bounds one attempt to purge Shared. 5 s when zero.
	PurgeTimeout time.Duration
	// QueueBytes bounds the values that wait for Shared. 32 MiB when zero.
	QueueBytes int64
	// QueueFills bounds the fills that wait for Shared. 4096 when zero.
	QueueFills int
	// Workers is how many fills go to Shared side by side. 4 when zero.
	Workers int
	// MaxPurges bounds the purges that are remembered. 16384 when zero.
	MaxPurges int

	// Now is the clock. The system's when nil.
	Now func() time.Time
	// Random is where epochs and nonces come from, safe for concurrent use. crypto/rand when nil.
	Random io.Reader
}

func (o Options) validate() error {
	switch {
	case o.Parse == nil:
		return errors.New("cache: Parse is missing")
	case o.Longest <= 0:
		return errors.New("cache: Longest is missing")
	case o.Memory < 0:
		return errors.New("cache: Memory is negative")
	case o.Shared != nil && o.Keys == nil:
		return errors.New("cache: a shared store needs keys")
	}
	return nil
}

func (o Options) withDefaults() (Options, error) {
	o.SharedTimeout = cmp.Or(o.SharedTimeout, 100*time.Millisecond)
	o.PurgeTimeout = cmp.Or(o.PurgeTimeout, 5*time.Second)
	o.QueueBytes = cmp.Or(o.QueueBytes, 32<<20)
	o.QueueFills = cmp.Or(o.QueueFills, 4096)
	o.Workers = cmp.Or(o.Workers, 4)
	o.MaxPurges = cmp.Or(o.MaxPurges, 16384)
	if o.Observer == nil {
		o.Observer = unobserved{}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Keys != nil {
		return o, nil
	}
	keys, err := seal.NewRing(o.Random)
	o.Keys = keys
	return o, err
}
