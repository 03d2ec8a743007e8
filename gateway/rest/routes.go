package rest

import (
	"net/http"
	"slices"
	"strings"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// route is one operation of the contract as REST knows it.
type route struct {
	verb string
	// path is cut at its slashes; an element in braces is a parameter.
	path []string
	// method is the full name of the gRPC method.
	method string
	// query are the parameters that it takes, under each name that they go by.
	query map[string]parameter
}

type parameter struct{ known, many bool }

type routes []route

// contractRoutes are the operations of every service that suppliers see.
func contractRoutes() routes {
	var out routes
	for _, file := range []protoreflect.FileDescriptor{
		lhcrv1.File_lhcr_v1_record_service_proto,
		lhcrv1.File_lhcr_v1_region_service_proto,
		lhcrv1.File_lhcr_v1_server_service_proto,
	} {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				out = append(out, routeOf(methods.Get(j)))
			}
		}
	}
	return out
}

func routeOf(m protoreflect.MethodDescriptor) route {
	rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
	r := route{method: "/" + string(m.Parent().FullName()) + "/" + string(m.Name())}
	if path := rule.GetPost(); path != "" {
		r.verb, r.path = http.MethodPost, strings.Split(path, "/")
		return r
	}
	r.verb, r.path = http.MethodGet, strings.Split(rule.GetGet(), "/")
	r.query = parameters(m.Input().Fields(), r.path)
	return r
}

// parameters are the fields that do not stand in the path.
func parameters(fields protoreflect.FieldDescriptors, path []string) map[string]parameter {
	out := map[string]parameter{}
	for i := range fields.Len() {
		f := fields.Get(i)
		if slices.Contains(path, "{"+string(f.Name())+"}") {
			continue
		}
		p := parameter{known: true, many: f.IsList()}
		out[string(f.Name())], out[f.JSONName()] = p, p
	}
	return out
}

// find is the route of a request, or why it has none.
func (rs routes) find(r *http.Request) (route, *refusal) {
	if namesPerson(r.URL) {
		return route{}, invalid("the address may name a patient: identifiers travel in the body of a request only")
	}
	var allowed []string
	path := strings.Split(r.URL.Path, "/")
	for _, route := range rs {
		if !route.matches(path) {
			continue
		}
		if route.verb == r.Method {
			return route, nil
		}
		allowed = append(allowed, route.verb)
	}
	if len(allowed) == 0 {
		return route{}, notFound()
	}
	return route{}, methodNotAllowed(strings.Join(allowed, ", "))
}

func (r route) matches(path []string) bool {
	return slices.EqualFunc(r.path, path, func(want, got string) bool {
		return want == got || strings.HasPrefix(want, "{") && got != ""
	})
}
