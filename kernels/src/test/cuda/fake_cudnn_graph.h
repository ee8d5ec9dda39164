// The graph API of the pretended cuDNN: descriptors are bags of attributes, a graph is a convolution and what follows
// it element by element. Included by fake_libcudnn.cpp, whose convolutions it computes with.
#pragma once
#include <memory>
#include <set>
#include <sstream>

namespace {
namespace graph {

enum Kind {
  POINTWISE = 0,
  CONVOLUTION = 1,
  ENGINE = 2,
  CONFIGURATION = 3,
  HEURISTICS = 4,
  PLAN = 5,
  OP_FORWARD = 10,
  OP_FILTER = 11,
  OP_DATA = 12,
  OP_POINTWISE = 13,
  GRAPH = 15,
  OPERANDS = 16,
  TENSOR = 17,
};

enum Type { HANDLE = 0, BOOLEAN = 2, INT64 = 3, FLOAT = 4, DOUBLE = 5, ADDRESS = 6, DESCRIPTOR = 15, CHAR = 24 };

enum Attribute {
  POINTWISE_MODE = 0,
  POINTWISE_NAN = 2,
  RELU_LOWER = 3,
  RELU_UPPER = 4,
  COMPUTE_TYPE = 100,
  CONV_MODE = 101,
  DILATIONS = 102,
  STRIDES = 103,
  POST_PADDINGS = 104,
  PRE_PADDINGS = 105,
  SPATIAL_DIMS = 106,
  HEURISTICS_MODE = 200,
  HEURISTICS_GRAPH = 201,
  HEURISTICS_RESULTS = 202,
  CONFIGURATION_ENGINE = 300,
  PLAN_HANDLE = 400,
  PLAN_CONFIGURATION = 401,
  PLAN_WORKSPACE = 402,
  PLAN_TEXT = 405,
  PW_DESCRIPTOR = 750,
  PW_X = 751,
  PW_B = 752,
  PW_Y = 753,
  GRAPH_HANDLE = 800,
  GRAPH_OPS = 801,
  TENSOR_ALIGNMENT = 900,
  TENSOR_TYPE = 901,
  TENSOR_DIMS = 902,
  TENSOR_STRIDES = 903,
  TENSOR_ID = 906,
  TENSOR_VIRTUAL = 907,
  OPERANDS_IDS = 1000,
  OPERANDS_ADDRESSES = 1001,
  OPERANDS_WORKSPACE = 1003,
  ENGINE_INDEX = 1301,
  ENGINE_NOTES = 1303,
  ENGINE_BEHAVIOR = 1305,
};

constexpr int MODE_B = 1;
constexpr int MODE_FALLBACK = 2;
constexpr int MODE_A = 3;
constexpr int ADD = 0;
constexpr int RELU_FORWARD = 100;

struct Node;
using Ref = std::shared_ptr<Node>;

struct Value {
  int type = -1;
  int64_t count = 0;
  std::vector<uint8_t> bytes;
  std::vector<Ref> nodes;
};

struct Node {
  int kind = -1;
  bool finished = false;
  std::map<int, Value> values;

  bool has(int attribute) const { return values.count(attribute) > 0; }

  template <class T>
  T get(int attribute, size_t at = 0) const {
    T value;
    memcpy(&value, values.at(attribute).bytes.data() + at * sizeof(T), sizeof(T));
    return value;
  }

  Ref node(int attribute) const { return values.at(attribute).nodes.at(0); }
};

// What a kernel notes of its numbers, as the library's header counts.
enum Note { TENSOR_CORE = 0, NONDETERMINISTIC = 4, WINOGRAD = 5, STRICT_NAN = 9 };

struct Engine {
  int64_t index;
  std::vector<int> notes;
  int64_t workspace;
};

constexpr int COMPILES = 0;

// All that there are. Number 4 turns out to do nothing after all when it is planned; number 7 compiles, as all do for
// more than a convolution.
const std::vector<Engine>& engines() {
  static const std::vector<Engine> all = {
      {0, {STRICT_NAN}, 64},  {1, {TENSOR_CORE}, 1000}, {2, {NONDETERMINISTIC}, 0},          {3, {}, 0},
      {4, {}, 0},             {5, {WINOGRAD}, 0},       {6, {TENSOR_CORE}, int64_t{1} << 40},
      {7, {}, 0},
  };
  return all;
}

// As the library does, it names many for tensor cores before others.
std::vector<int> proposals(int mode) {
  std::vector<int> all;
  switch (mode) {
    case MODE_A: all = {5, 7, 2}; break;
    case MODE_B: all = {6, 7}; break;
    case MODE_FALLBACK: return {0};
    default: return {};
  }
  all.insert(all.end(), 30, 1);
  all.insert(all.end(), {4, 3});
  return all;
}

size_t size(int type) {
  switch (type) {
    case HANDLE:
    case INT64:
    case DOUBLE:
    case ADDRESS:
    case DESCRIPTOR: return 8;
    case BOOLEAN:
    case CHAR: return 1;
    default: return 4;  // floats and enumerations
  }
}

Ref& ref(void* descriptor) { return *static_cast<Ref*>(descriptor); }

void set(Node& node, int attribute, int type, int64_t count, const void* values) {
  Value value{type, count, {}, {}};
  if (type == DESCRIPTOR) {
    for (int64_t i = 0; i < count; i++) {
      value.nodes.push_back(ref(static_cast<void* const*>(values)[i]));
    }
  } else {
    auto* bytes = static_cast<const uint8_t*>(values);
    value.bytes.assign(bytes, bytes + static_cast<size_t>(count) * size(type));
  }
  node.values[attribute] = value;
}

template <class T>
void set(Node& node, int attribute, int type, std::vector<T> values) {
  set(node, attribute, type, static_cast<int64_t>(values.size()), values.data());
}

// Numbers and texts with blanks between; a descriptor in place of its number.
void write(std::ostream& out, const Node& node) {
  out << node.kind << ' ' << node.values.size() << ' ';
  for (const auto& [attribute, value] : node.values) {
    out << attribute << ' ' << value.type << ' ' << value.count << ' ';
    for (const Ref& one : value.nodes) {
      write(out, *one);
    }
    // An address of this process means nothing to another one.
    for (uint8_t byte : value.bytes) {
      out << (value.type == HANDLE ? 0 : static_cast<int>(byte)) << ' ';
    }
  }
}

Ref read(std::istream& in) {
  Ref node = std::make_shared<Node>();
  size_t values = 0;
  in >> node->kind >> values;
  for (size_t i = 0; i < values && in; i++) {
    int attribute = 0;
    Value value;
    in >> attribute >> value.type >> value.count;
    for (int64_t at = 0; at < value.count && in; at++) {
      if (value.type == DESCRIPTOR) {
        value.nodes.push_back(read(in));
        continue;
      }
      for (size_t b = 0; b < size(value.type); b++) {
        int byte = 0;
        in >> byte;
        value.bytes.push_back(static_cast<uint8_t>(byte));
      }
    }
    node->values[attribute] = value;
  }
  node->finished = true;
  return node;
}

// [n,h,w,c] of a tensor whose channels lie together; not valid where they do not.
Dims dimsOf(const Node& tensor) {
  auto at = [&](size_t i) { return static_cast<int>(tensor.get<int64_t>(TENSOR_DIMS, i)); };
  Dims d{NHWC, tensor.get<int>(TENSOR_TYPE), at(0), at(1), at(2), at(3)};
  int64_t strides[] = {static_cast<int64_t>(d.h) * d.w * d.c, 1, static_cast<int64_t>(d.w) * d.c, d.c};
  for (size_t i = 0; i < 4; i++) {
    if (tensor.get<int64_t>(TENSOR_STRIDES, i) != strides[i]) {
      d.format = 0;
    }
  }
  return d;
}

int64_t idOf(const Node& tensor) { return tensor.get<int64_t>(TENSOR_ID); }

bool isVirtual(const Node& tensor) { return tensor.has(TENSOR_VIRTUAL) && tensor.get<uint8_t>(TENSOR_VIRTUAL) != 0; }

// The attributes of an operation with a convolution begin here: alpha, beta, slide, then its three operands.
struct Operands {
  Direction direction;
  int slide, x, w, y;
};

Operands operandsOf(int kind) {
  switch (kind) {
    case OP_FORWARD: return {FORWARD, 702, 704, 703, 705};
    case OP_DATA: return {DATA, 708, 710, 709, 711};
    default: return {FILTER, 714, 716, 715, 717};
  }
}

bool convolves(const Node& op) { return op.kind == OP_FORWARD || op.kind == OP_FILTER || op.kind == OP_DATA; }

Slide slideOf(const Node& n, const Dims& x, const Dims& w) {
  auto at = [&](int attribute, size_t i) { return static_cast<int>(n.get<int64_t>(attribute, i)); };
  Slide s;
  s.padH = at(PRE_PADDINGS, 0), s.padW = at(PRE_PADDINGS, 1);
  s.strideH = at(STRIDES, 0), s.strideW = at(STRIDES, 1);
  s.dilationH = at(DILATIONS, 0), s.dilationW = at(DILATIONS, 1);
  s.mode = n.get<int>(CONV_MODE);
  s.compute = n.get<int>(COMPUTE_TYPE);
  s.groups = w.c == 0 ? 1 : x.c / w.c;
  return s;
}

bool complete(const Node& node, std::initializer_list<int> attributes) {
  for (int attribute : attributes) {
    if (!node.has(attribute)) {
      return false;
    }
  }
  return true;
}

int finishConvolution(const Node& op) {
  Operands o = operandsOf(op.kind);
  if (!complete(op, {o.slide, o.x, o.w, o.y})) {
    return BAD_PARAM;
  }
  Dims x = dimsOf(*op.node(o.x)), w = dimsOf(*op.node(o.w)), y = dimsOf(*op.node(o.y));
  if (isVirtual(*op.node(o.y))) {
    y.type = x.type;  // what lies between is of the type of sums
  }
  Handle any;
  return check(&any, x, w, slideOf(*op.node(o.slide), x, w), y);
}

bool isDilated(const Node& whole) {
  const Node& first = *whole.values.at(GRAPH_OPS).nodes.at(0);
  const Node& slide = *first.node(operandsOf(first.kind).slide);
  return slide.get<int64_t>(DILATIONS, 0) > 1 || slide.get<int64_t>(DILATIONS, 1) > 1;
}

// Padding is the same on both sides here, and nothing else is between a convolution and its end.
int finish(Node& node) {
  switch (node.kind) {
    case TENSOR: {
      bool all = complete(node, {TENSOR_TYPE, TENSOR_DIMS, TENSOR_STRIDES, TENSOR_ID, TENSOR_ALIGNMENT});
      return all && node.values[TENSOR_DIMS].count == 4 && node.values[TENSOR_STRIDES].count == 4 ? SUCCESS : BAD_PARAM;
    }
    case CONVOLUTION: {
      bool all = complete(node, {COMPUTE_TYPE, CONV_MODE, DILATIONS, STRIDES, PRE_PADDINGS, POST_PADDINGS, SPATIAL_DIMS});
      return all && node.values[PRE_PADDINGS].bytes == node.values[POST_PADDINGS].bytes ? SUCCESS : BAD_PARAM;
    }
    case OP_FORWARD:
    case OP_FILTER:
    case OP_DATA: return finishConvolution(node);
    case POINTWISE: return node.has(POINTWISE_MODE) ? SUCCESS : BAD_PARAM;
    case OP_POINTWISE: {
      bool adds = node.has(PW_DESCRIPTOR) && node.node(PW_DESCRIPTOR)->get<int>(POINTWISE_MODE) == ADD;
      return complete(node, {PW_DESCRIPTOR, PW_X, PW_Y}) && adds == node.has(PW_B) ? SUCCESS : BAD_PARAM;
    }
    case GRAPH: return complete(node, {GRAPH_HANDLE, GRAPH_OPS}) ? SUCCESS : BAD_PARAM;
    case HEURISTICS: {
      if (!complete(node, {HEURISTICS_MODE, HEURISTICS_GRAPH})) {
        return BAD_PARAM;
      }
      int refusal = refusals["heuristic " + std::to_string(node.get<int>(HEURISTICS_MODE))];
      if (refusal != SUCCESS) {
        return refusal;
      }
      bool known = node.get<int>(HEURISTICS_MODE) != MODE_B || !isDilated(*node.node(HEURISTICS_GRAPH));
      return known ? SUCCESS : NOT_SUPPORTED;
    }
    case OPERANDS: return complete(node, {OPERANDS_IDS, OPERANDS_ADDRESSES, OPERANDS_WORKSPACE}) ? SUCCESS : BAD_PARAM;
    case PLAN: {
      if (!node.has(PLAN_HANDLE) || node.has(PLAN_CONFIGURATION) == node.has(PLAN_TEXT)) {
        return BAD_PARAM;
      }
      if (node.has(PLAN_TEXT)) {
        const auto& bytes = node.values[PLAN_TEXT].bytes;
        std::istringstream text(std::string(bytes.begin(), bytes.end()));
        Ref configuration = read(text);
        if (!text || configuration->kind != CONFIGURATION) {
          return BAD_PARAM;
        }
        node.values[PLAN_CONFIGURATION] = Value{DESCRIPTOR, 1, {}, {configuration}};
        node.values.erase(PLAN_TEXT);
      }
      if (int status = refusals["a plan"]) {
        return status;
      }
      calls["plans"]++;
      const Node& engine = *node.node(PLAN_CONFIGURATION)->node(CONFIGURATION_ENGINE);
      calls["compiled plans"] += engine.values.at(ENGINE_BEHAVIOR).count;
      return engine.get<int64_t>(ENGINE_INDEX) == 4 ? NOT_SUPPORTED : SUCCESS;
    }
    default: return SUCCESS;
  }
}

const Engine& engineOf(const Node& configuration) {
  return engines()[static_cast<size_t>(configuration.node(CONFIGURATION_ENGINE)->get<int64_t>(ENGINE_INDEX))];
}

// It has no plans for groups.
std::vector<Ref> answers(const Node& heuristics) {
  calls["heuristics"]++;
  Ref whole = heuristics.node(HEURISTICS_GRAPH);
  const Node& first = *whole->values.at(GRAPH_OPS).nodes.at(0);
  Operands o = operandsOf(first.kind);
  if (dimsOf(*first.node(o.x)).c != dimsOf(*first.node(o.w)).c) {
    return {};
  }
  std::vector<Ref> all;
  for (int index : proposals(heuristics.get<int>(HEURISTICS_MODE))) {
    const Engine& known = engines()[static_cast<size_t>(index)];
    Ref engine = std::make_shared<Node>(Node{ENGINE, true, {}});
    set<int64_t>(*engine, ENGINE_INDEX, INT64, {known.index});
    set<int>(*engine, ENGINE_NOTES, 11, known.notes);
    bool compiles = index == 7 || whole->values.at(GRAPH_OPS).nodes.size() > 1;
    set<int>(*engine, ENGINE_BEHAVIOR, 19, compiles ? std::vector<int>{COMPILES} : std::vector<int>{});
    Ref configuration = std::make_shared<Node>(Node{CONFIGURATION, true, {}});
    configuration->values[CONFIGURATION_ENGINE] = Value{DESCRIPTOR, 1, {}, {engine}};
    configuration->values[HEURISTICS_GRAPH] = Value{DESCRIPTOR, 1, {}, {whole}};
    all.push_back(configuration);
  }
  return all;
}

std::set<int64_t> operandIds(const Node& whole) {
  std::set<int64_t> ids;
  for (const Ref& op : whole.values.at(GRAPH_OPS).nodes) {
    for (const auto& [_, value] : op->values) {
      for (const Ref& node : value.nodes) {
        if (node->kind == TENSOR && !isVirtual(*node)) {
          ids.insert(idOf(*node));
        }
      }
    }
  }
  return ids;
}

// A run of a graph: what lies between operations is float64.
struct Run {
  Ref whole;
  bool single;  // float32 is multiplied as itself
  std::map<int64_t, void*> at;
  std::map<int64_t, std::vector<double>> between;

  Elements elements(const Node& tensor) const { return elementsAt(at.at(idOf(tensor)), tensor.get<int>(TENSOR_TYPE)); }

  void put(const Node& tensor, std::vector<double> values) {
    if (isVirtual(tensor)) {
      between[idOf(tensor)] = std::move(values);
      return;
    }
    Elements to = elements(tensor);
    for (size_t i = 0; i < values.size(); i++) {
      to.set(static_cast<int64_t>(i), values[i]);
    }
  }

  void convolve(const Node& op) {
    Operands o = operandsOf(op.kind);
    const Node &x = *op.node(o.x), &w = *op.node(o.w), &y = *op.node(o.y);
    Slide s = slideOf(*op.node(o.slide), dimsOf(x), dimsOf(w));
    s.math = single ? FMA : DEFAULT_MATH;
    const Node& first = o.direction == DATA ? w : x;
    const Node& second = o.direction == FORWARD ? w : y;
    const Node& result = o.direction == FORWARD ? y : o.direction == DATA ? x : w;
    Convolution c{o.direction, dimsOf(x), dimsOf(w), dimsOf(y), s, 1, 0, elements(first), elements(second),
                  Elements{}, dimsOf(x).type == FLOAT32};
    put(result, c.added());
  }

  void pointwise(const Node& op) {
    std::vector<double> values = between.at(idOf(*op.node(PW_X)));
    const Node& how = *op.node(PW_DESCRIPTOR);
    bool adds = how.get<int>(POINTWISE_MODE) == ADD;
    bool bounded = how.has(RELU_UPPER);
    Elements b = adds ? elements(*op.node(PW_B)) : Elements{};
    int64_t period = adds ? dimsOf(*op.node(PW_B)).size() : 1;
    for (size_t i = 0; i < values.size(); i++) {
      double& v = values[i];
      if (adds) {
        v += b.get(static_cast<int64_t>(i) % period);
      } else {
        v = v < 0 ? 0 : bounded && v > how.get<double>(RELU_UPPER) ? how.get<double>(RELU_UPPER) : v;
      }
    }
    put(*op.node(PW_Y), values);
  }

  void run() {
    for (const Ref& op : whole->values.at(GRAPH_OPS).nodes) {
      convolves(*op) ? convolve(*op) : pointwise(*op);
    }
  }
};

int execute(void* handle, const Node& plan, const Node& operands) {
  const Node& configuration = *plan.node(PLAN_CONFIGURATION);
  const Engine& engine = engineOf(configuration);
  Ref whole = configuration.node(HEURISTICS_GRAPH);
  Run run{whole, std::count(engine.notes.begin(), engine.notes.end(), TENSOR_CORE) == 0, {}, {}};
  std::set<int64_t> given;
  const Value& ids = operands.values.at(OPERANDS_IDS);
  for (size_t i = 0; i < static_cast<size_t>(ids.count); i++) {
    int64_t id = operands.get<int64_t>(OPERANDS_IDS, i);
    void* at = operands.get<void*>(OPERANDS_ADDRESSES, i);
    if (at == nullptr || reinterpret_cast<uintptr_t>(at) % 16 != 0) {
      return BAD_PARAM;
    }
    given.insert(id);
    run.at[id] = at;
  }
  auto* workspace = operands.get<void*>(OPERANDS_WORKSPACE);
  if (given != operandIds(*whole) || (engine.workspace > 0 && workspace == nullptr)) {
    return BAD_PARAM;
  }
  if (std::count(engine.notes.begin(), engine.notes.end(), NONDETERMINISTIC) > 0) {
    calls["nondeterministic"]++;
  }
  calls[whole->values.at(GRAPH_OPS).nodes.size() > 1 ? "fused graphs" : "graphs"]++;
  calls["fallbacks"] += engine.index == 0 ? 1 : 0;
  calls["dilated graphs"] += isDilated(*whole) ? 1 : 0;
  size_t bytes = static_cast<size_t>(engine.workspace);
  int status = fake::submit(static_cast<Handle*>(handle)->stream, [=]() mutable {
    if (bytes > 0) {
      memset(workspace, 0xee, bytes);
    }
    run.run();
  });
  return status == 0 ? SUCCESS : EXECUTION_FAILED;
}

// Of what was asked for: the workspace and the text of a plan, and what heuristics answer.
Value* find(Node& node, int attribute) {
  if (node.kind == HEURISTICS && attribute == HEURISTICS_RESULTS) {
    std::vector<Ref> all = answers(node);
    node.values[attribute] = Value{DESCRIPTOR, static_cast<int64_t>(all.size()), {}, all};
  } else if (node.kind == PLAN && attribute == PLAN_WORKSPACE) {
    set<int64_t>(node, attribute, INT64, {engineOf(*node.node(PLAN_CONFIGURATION)).workspace});
  } else if (node.kind == PLAN && attribute == PLAN_TEXT) {
    std::ostringstream text;
    write(text, *node.node(PLAN_CONFIGURATION));
    std::string all = text.str();
    set(node, attribute, CHAR, static_cast<int64_t>(all.size()), all.data());
  }
  auto found = node.values.find(attribute);
  return found == node.values.end() ? nullptr : &found->second;
}

}  // namespace graph
}  // namespace

API int cudnnBackendCreateDescriptor(int kind, void** descriptor) {
  calls["descriptors"]++;
  *descriptor = new graph::Ref(std::make_shared<graph::Node>(graph::Node{kind, false, {}}));
  return SUCCESS;
}

API int cudnnBackendDestroyDescriptor(void* descriptor) {
  calls["descriptors"]--;
  delete static_cast<graph::Ref*>(descriptor);
  return SUCCESS;
}

API int cudnnBackendSetAttribute(void* descriptor, int attribute, int type, int64_t count, const void* values) {
  graph::Node& node = *graph::ref(descriptor);
  if (int status = refusals["attribute " + std::to_string(attribute)]) {
    return status;
  }
  if (node.finished || values == nullptr || count < 1) {
    return BAD_PARAM;
  }
  graph::set(node, attribute, type, count, values);
  return SUCCESS;
}

API int cudnnBackendFinalize(void* descriptor) {
  graph::Node& node = *graph::ref(descriptor);
  int status = graph::finish(node);
  node.finished = status == SUCCESS;
  return status;
}

API int cudnnBackendGetAttribute(void* descriptor, int attribute, int type, int64_t most, int64_t* count, void* into) {
  graph::Node& node = *graph::ref(descriptor);
  graph::Value* value = graph::find(node, attribute);
  if (!node.finished || value == nullptr || value->type != type) {
    return node.finished ? BAD_PARAM : NOT_INITIALIZED;
  }
  *count = value->count;
  if (type == graph::DESCRIPTOR) {
    for (int64_t i = 0; i < most && i < *count; i++) {
      graph::ref(static_cast<void**>(into)[i]) = value->nodes[static_cast<size_t>(i)];
    }
  } else if (most > 0) {
    size_t bytes = static_cast<size_t>(std::min(most, *count)) * graph::size(type);
    memcpy(into, value->bytes.data(), bytes);
  }
  return SUCCESS;
}

API int cudnnBackendExecute(void* handle, void* plan, void* operands) {
  calls["cudnnBackendExecute"]++;
  if (!graph::ref(plan)->finished || !graph::ref(operands)->finished) {
    return BAD_PARAM;
  }
  return graph::execute(handle, *graph::ref(plan), *graph::ref(operands));
}
