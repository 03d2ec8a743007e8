package uses

import (
	"contract"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/reflect/protoreflect"
)

type answer struct{ Patient *contract.Patient }

type hidden struct{ patient *contract.Patient }

type masked struct{ Patient *contract.Patient }

func (masked) String() string { return "masked" }

type node struct{ Next *node }

func forbidden(p *contract.Patient, m protoreflect.ProtoMessage, logger *slog.Logger) error {
	fmt.Println(p)                                      // want `Println would print the protobuf message \*contract.Patient`
	fmt.Printf("%v", p)                                 // want `Printf would print`
	fmt.Printf("%T %+v", p, p)                          // want `Printf would print`
	fmt.Printf("%[1]T", p)                              // want `Printf would print`
	fmt.Fprint(os.Stderr, m)                            // want `Fprint would print`
	_ = fmt.Sprintf("%s", []*contract.Patient{p})       // want `Sprintf would print`
	_ = fmt.Sprint(map[string]*contract.Patient{"": p}) // want `Sprint would print`
	_ = fmt.Sprint(answer{p}, &answer{p})               // want `Sprint would print the protobuf message uses.answer` `Sprint would print the protobuf message \*uses.answer`
	log.Printf("%v", p)                                 // want `Printf would print`
	slog.Info("read", "patient", p)                     // want `Info would print`
	logger.Warn("read", slog.Any("patient", p))         // want `Any would print`
	notef("%v", p)                                      // want `notef would print`
	_ = p.String()                                      // want `String would print`
	_ = prototext.Format(p)                             // want `Format would print`
	_, _ = prototext.MarshalOptions{}.Marshal(p)        // want `Marshal would print`
	_ = protojson.Format(p)                             // want `Format would print`
	if p == nil {
		panic(p) // want `panic would print`
	}
	return fmt.Errorf("read %v", p) // want `Errorf would print`
}

func permitted(p *contract.Patient, s contract.Status, err error) error {
	fmt.Printf("%T %p %d%%", p, p, 100)
	fmt.Println(s, s.String(), err, hidden{p}, masked{p}, node{})
	fmt.Println(p.GetNhsNumber()) // a value of its own is the author's decision
	_, marshalErr := protojson.Marshal(p)
	return errors.Join(err, marshalErr)
}

// notef is a wrapper, which the printf analysis finds out.
func notef(format string, args ...any) { fmt.Printf(format, args...) }
