// Package load lets no more calls in than the gateway can serve well: what comes on
// top waits a moment, and is then refused and told when to try again. A call that is
// refused at once costs little; one that is taken and cannot be served costs its
// caller the same wait and everybody else their turn.
//
// No supplier holds more than its share of the slots, nor of the places to wait, and
// a slot that becomes free goes to the supplier that holds the fewest: one that asks
// for everything at once delays itself and not the others.
package load

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Limits are how much is let in.
type Limits struct {
	// Calls is the most calls side by side. Zero for no bound.
	Calls int
	// Waiting is the most calls that wait for one of those to end.
	Waiting int
	// Wait is the longest that a call waits. Zero for 250 ms.
	Wait time.Duration
	// Share is how many of a hundred slots, and of a hundred places to wait, one
	// supplier may hold. Zero for 75.
	Share int
	// Memory is what the process keeps within, in bytes. Near it no call is let in. Zero for no bound.
	Memory int64
}

const (
	defaultWait  = 250 * time.Millisecond
	defaultShare = 75
)

// Options are what a gate needs. All are optional.
type Options struct {
	// Now is the clock. Nil for the wall clock.
	Now func() time.Time
	// Memory is how much memory is in use. Nil for the runtime's word.
	Memory func() Usage
	// Random is a number from 0 up to 1, for waits that are not all alike. Nil for the system's.
	Random func() float64
	// Observer hears what the gate does. Nil for nobody.
	Observer Observer
}

// Observer hears what a gate does. It must return at once.
type Observer interface {
	// Refused: a call was not let in.
	Refused(Cause)
	// Waited: a call was let in after a wait.
	Waited(time.Duration)
}

// State is how full a gateway is.
type State struct {
	// InFlight is how many calls are in, of at most Calls.
	InFlight, Calls int
	// Waiting is how many wait, of at most MostWaiting.
	Waiting, MostWaiting int
	// MemoryUsed is the memory in use, and MemoryLimit what it is kept within; in bytes.
	MemoryUsed, MemoryLimit int64
	// Full says that no call is let in for want of memory.
	Full bool
}

// Gate lets calls in. It is safe for concurrent use.
type Gate struct {
	options Options
	memory  memory

	mu        sync.Mutex
	limits    Limits
	inFlight  int
	waiting   int
	suppliers map[string]*supplier
}

// New makes a gate.
func New(limits Limits, options Options) *Gate {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Memory == nil {
		options.Memory = runtimeUsage()
	}
	if options.Random == nil {
		options.Random = rand.Float64
	}
	if options.Observer == nil {
		options.Observer = nobody{}
	}
	g := &Gate{options: options, suppliers: map[string]*supplier{}}
	g.memory.read, g.memory.now = options.Memory, options.Now
	g.Set(limits)
	return g
}

// Set changes the limits. Calls that are in stay in.
func (g *Gate) Set(limits Limits) {
	if limits.Wait == 0 {
		limits.Wait = defaultWait
	}
	if limits.Share == 0 {
		limits.Share = defaultShare
	}
	g.memory.limit.Store(limits.Memory)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limits = limits
	g.hand()
}

// Pass is a slot that a call holds.
type Pass struct {
	gate     *Gate
	supplier *supplier
}

// Enter lets a call of a supplier in, at once or after a wait. Whoever got in must
// call [Pass.Leave] once. The error is a [*Refusal], or the context's.
func (g *Gate) Enter(ctx context.Context, name string) (Pass, error) {
	if g.memory.isTight() {
		return Pass{}, g.refuse(CauseMemory)
	}
	g.mu.Lock()
	s := g.of(name)
	if g.hasRoom(s) {
		g.take(s)
		g.mu.Unlock()
		return Pass{g, s}, nil
	}
	if cause, refused := g.mustGo(s); refused {
		g.forget(s)
		g.mu.Unlock()
		return Pass{}, g.refuse(cause)
	}
	w, wait := g.queue(s), g.limits.Wait
	g.mu.Unlock()
	return g.await(ctx, w, wait)
}

// Leave gives the slot to whoever waits for it.
func (p Pass) Leave() {
	g := p.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	p.supplier.held--
	g.inFlight--
	g.hand()
	g.forget(p.supplier)
}

// State is how full it is now.
func (g *Gate) State() State {
	used, tight := g.memory.look()
	g.mu.Lock()
	defer g.mu.Unlock()
	return State{
		InFlight: g.inFlight, Calls: g.limits.Calls, Waiting: g.waiting, MostWaiting: g.limits.Waiting,
		MemoryUsed: used, MemoryLimit: g.limits.Memory, Full: tight,
	}
}

type nobody struct{}

var _ Observer = nobody{}

func (nobody) Refused(Cause)        {}
func (nobody) Waited(time.Duration) {}
