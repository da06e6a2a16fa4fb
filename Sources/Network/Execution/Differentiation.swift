extension Program {
    /// The backward pass of a program: reverse-mode differentiation.
    ///
    /// Beginning at the losses, the gradient of each node is the sum of what its consumers contribute (the chain rule), and
    /// each operator turns the gradient of its result into those of its inputs. Where a node has one consumer, that
    /// consumer writes the gradient in place; where it has several, each writes its own, and a sum in fixed order follows.
    struct Backward: Sendable {
        /// Buffers for gradients in a replica's arena, by the type of what they hold.
        private(set) var buffers: [TensorType] = []
        /// For each node where its gradient stands.
        private(set) var gradient: [Int: Place] = [:]
        /// Where the gradient with respect to each loss is put to begin with; nil where that loss depends on no parameter.
        private(set) var seeds: [Place?] = []
        /// For each node and input where the node writes the input's gradient.
        private(set) var inputGradients: [Int: [Place?]] = [:]
        private(set) var steps: [Step] = []

        enum Place: Hashable, Sendable {
            case buffer(Int)
            /// A parameter's place in the gradient buffer, by its node.
            case parameter(Int)
        }

        enum Step: Sendable {
            /// The kernel of a node turns the gradient of its result into those of its inputs.
            case kernel(Int)
            /// The gradient of a node is the sum of several.
            case sum(Place, of: [Place], TensorType)
        }

        /// - Parameters:
        ///   - meetings: the nodes that are computed, inputs before their consumers, and those of them that meet.
        ///   - constants: whether constants have gradients too, as if they were parameters.
        ///   - losses: where differentiation begins; for none the pass is empty.
        init(_ nodes: [Graph.Node], _ meetings: CouplingDepth, losses: [Int], constants: Bool) {
            guard !losses.isEmpty else { return }
            let order = meetings.order
            let depends = Self.dependence(nodes, order, constants: constants)
            let consumers = RewritableGraph.consumers(nodes, order)
            var received: [Int: [Part]] = [:]
            for loss in losses {
                let place = depends[loss] ? newBuffer(nodes[loss].type) : nil
                seeds.append(place)
                if let place { received[loss, default: []].append(Part(place: place, isOwn: true)) }
            }
            // Operators that meet begin together, once the gradients of the results of all of them stand.
            var meeting: [Step] = []
            var depth: Int?
            for index in order.reversed() where depends[index] {
                if depth != meetings.depths[index] {
                    steps += meeting
                    (meeting, depth) = ([], meetings.depths[index])
                }
                guard let parts = received[index], !parts.isEmpty else { continue }
                let place = settle(index, nodes[index], parts)
                gradient[index] = place

                guard case .operation(let operation, let inputs) = nodes[index].kind else { continue }
                let transfer = operation.transfer(of: inputs.map { nodes[$0].type }, isDifferentiable: true)
                var places: [Place?] = []
                for (position, input) in inputs.enumerated() {
                    guard operation.isDifferentiable(input: position), depends[input] else {
                        places.append(nil)
                        continue
                    }
                    let part: Part
                    switch transfer {
                    case .view, .gradientUnchanged: part = Part(place: place, isOwn: false)
                    case .computed:
                        if case .parameter = nodes[input].kind, consumers[input] == 1 {
                            part = Part(place: .parameter(input), isOwn: true)
                        } else {
                            part = Part(place: newBuffer(nodes[input].type), isOwn: true)
                        }
                    }
                    places.append(part.place)
                    received[input, default: []].append(part)
                }
                inputGradients[index] = places
                guard case .computed = transfer else { continue }
                if depth == nil { steps.append(.kernel(index)) } else { meeting.append(.kernel(index)) }
            }
            steps += meeting
        }

        /// What one consumer contributes to a node's gradient.
        private struct Part {
            let place: Place
            /// False where it is another node's gradient as well, to which nothing may be added.
            let isOwn: Bool
        }

        /// Which nodes depend on a trained parameter, so that their gradient is wanted at all.
        private static func dependence(_ nodes: [Graph.Node], _ order: [Int], constants: Bool) -> [Bool] {
            var depends = Array(repeating: false, count: nodes.count)
            for index in order {
                switch nodes[index].kind {
                case .parameter(let parameter): depends[index] = parameter.role == .trained
                case .operation(let operation, let inputs):
                    depends[index] =
                        nodes[index].type.element.isDifferentiable
                        && inputs.enumerated().contains { operation.isDifferentiable(input: $0) && depends[$1] }
                case .constant: depends[index] = constants
                case .input: break
                }
            }
            return depends
        }

        private mutating func newBuffer(_ type: TensorType) -> Place {
            buffers.append(type)
            return .buffer(buffers.count - 1)
        }

        /// Chooses the place of a node's gradient, and adds the step that sums its parts where there are several.
        private mutating func settle(_ index: Int, _ node: Graph.Node, _ parts: [Part]) -> Place {
            if case .parameter = node.kind {
                // A single kernel has written straight into the parameter's place.
                let place = Place.parameter(index)
                if parts.count > 1 || parts[0].place != place {
                    steps.append(.sum(place, of: parts.map(\.place), node.type))
                }
                return place
            }
            guard parts.count > 1 else { return parts[0].place }
            guard let own = parts.first(where: \.isOwn)?.place else {
                let place = newBuffer(node.type)
                steps.append(.sum(place, of: parts.map(\.place), node.type))
                return place
            }
            let others = parts.map(\.place).filter { $0 != own }
            steps.append(.sum(own, of: [own] + others, node.type))
            return own
        }
    }
}
