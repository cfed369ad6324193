package match

import (
	"math"
	"slices"
)

// A flow sends as much as can be through a network of arcs, at the least cost.
// It is the primal-dual method: price the nodes by the cheapest ways from the
// source, then fill all cheapest ways at once, as Dinic does. Costs are whole,
// small and not negative, so that there are few prices, and each round takes
// about as long as the network is large.
type flow struct {
	nodes  int
	source int32
	sink   int32
	arcs   []arc   // by the node that they leave, once it runs
	first  []int32 // by node: its first arc; one more at the end
	price  []int32
	level  []int32 // by node: steps to the sink
	tried  []int32 // by node: the next arc to try in this round
}

// An arc has room for so many units. Each has one that goes back, with room for
// what went.
type arc struct {
	from, to   int32
	room, cost int32
	back       int32
}

func newFlow(nodes int, source, sink int) *flow {
	return &flow{nodes: nodes, source: int32(source), sink: int32(sink)}
}

// add adds an arc.
func (f *flow) add(from, to, room, cost int) {
	n := int32(len(f.arcs))
	f.arcs = append(f.arcs,
		arc{int32(from), int32(to), int32(room), int32(cost), n + 1},
		arc{int32(to), int32(from), 0, -int32(cost), n})
}

// run sends what can be sent, and gives how much that is. No arc can be added any
// more.
func (f *flow) run() (all int) {
	f.sort()
	f.price = make([]int32, f.nodes)
	f.level, f.tried = make([]int32, f.nodes), make([]int32, f.nodes)
	for f.reprice() {
		for f.layer() {
			copy(f.tried, f.first)
			for sent := f.push(f.source, math.MaxInt32); sent > 0; sent = f.push(f.source, math.MaxInt32) {
				all += int(sent)
			}
		}
	}
	return all
}

// reachable tells the nodes to which more could be sent from the source.
func (f *flow) reachable() []bool {
	near := make([]bool, f.nodes)
	near[f.source] = true
	for queue := []int32{f.source}; len(queue) > 0; queue = queue[1:] {
		for _, a := range f.leaving(queue[0]) {
			if a.room > 0 && !near[a.to] {
				near[a.to] = true
				queue = append(queue, a.to)
			}
		}
	}
	return near
}

// sort puts the arcs that leave a node beside each other.
func (f *flow) sort() {
	f.first = make([]int32, f.nodes+1)
	for _, a := range f.arcs {
		f.first[a.from+1]++
	}
	for i := range f.nodes {
		f.first[i+1] += f.first[i]
	}
	next := slices.Clone(f.first)
	where := make([]int32, len(f.arcs))
	for n, a := range f.arcs {
		where[n] = next[a.from]
		next[a.from]++
	}
	sorted := make([]arc, len(f.arcs))
	for n, a := range f.arcs {
		a.back = where[a.back]
		sorted[where[n]] = a
	}
	f.arcs = sorted
}

// leaving are the arcs that leave a node.
func (f *flow) leaving(node int32) []arc { return f.arcs[f.first[node]:f.first[node+1]] }

// dearer is how much more an arc costs than the prices of its ends differ: never
// less than nothing where there is room.
func (f *flow) dearer(a *arc) int32 { return a.cost + f.price[a.from] - f.price[a.to] }

// reprice adds to the prices the cheapest ways from the source, up to that to the
// sink, and reports whether there is one to it.
func (f *flow) reprice() bool {
	const far = math.MaxInt32 / 4
	way := make([]int32, f.nodes)
	for i := range way {
		way[i] = far
	}
	way[f.source] = 0
	waiting := [][]int32{{f.source}} // nodes by the length of the way to them
	for length := int32(0); length < min(way[f.sink], int32(len(waiting))); length++ {
		for k := 0; k < len(waiting[length]); k++ {
			node := waiting[length][k]
			if way[node] < length {
				continue
			}
			leaving := f.leaving(node)
			for n := range leaving {
				a := &leaving[n]
				if a.room == 0 {
					continue
				}
				to := length + f.dearer(a)
				if to >= way[a.to] {
					continue
				}
				way[a.to] = to
				for int(to) >= len(waiting) {
					waiting = append(waiting, nil)
				}
				waiting[to] = append(waiting[to], a.to)
			}
		}
	}
	for i := range way {
		f.price[i] += min(way[i], way[f.sink])
	}
	return way[f.sink] < far
}

// layer counts the steps to the sink from each node by arcs of the cheapest
// ways, as far as to the source, and reports whether it comes there.
func (f *flow) layer() bool {
	for i := range f.level {
		f.level[i] = -1
	}
	f.level[f.sink] = 0
	queue := []int32{f.sink}
	for k := 0; k < len(queue) && f.level[f.source] < 0; k++ {
		node := queue[k]
		for n := f.first[node]; n < f.first[node+1]; n++ {
			out := &f.arcs[n]
			if f.level[out.to] < 0 && f.dearer(out) == 0 && f.arcs[out.back].room > 0 {
				f.level[out.to] = f.level[node] + 1
				queue = append(queue, out.to)
			}
		}
	}
	return f.level[f.source] >= 0
}

// push sends up to so much from a node to the sink, and gives how much went.
func (f *flow) push(node, most int32) int32 {
	if node == f.sink {
		return most
	}
	for ; f.tried[node] < f.first[node+1]; f.tried[node]++ {
		a := &f.arcs[f.tried[node]]
		if a.room == 0 || f.level[a.to] != f.level[node]-1 || f.dearer(a) != 0 {
			continue
		}
		if sent := f.push(a.to, min(most, a.room)); sent > 0 {
			a.room -= sent
			f.arcs[a.back].room += sent
			return sent
		}
	}
	return 0
}
