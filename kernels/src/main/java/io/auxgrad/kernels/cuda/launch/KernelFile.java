package io.auxgrad.kernels.cuda.launch;

import io.auxgrad.tensor.DType;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The kernels of one {@code .cu} file. */
public final class KernelFile {
  private final Gpu gpu;
  private final String file;

  /** The file {@code file}, for example {@code pointwise.cu}. */
  public KernelFile(Gpu gpu, String file) {
    this.gpu = gpu;
    this.file = file;
    gpu.announce(file);
  }

  /** The entry point {@code name}. */
  public Kernel kernel(String name) {
    return gpu.kernel(file, name);
  }

  /** The entry points of a template for one element type: {@code name_f32} and its like. */
  public Typed typed(String name) {
    return new Typed(name);
  }

  /** The entry points of a template for two element types: {@code name_f32_bf16} and its like. */
  public TypedByTwo typedByTwo(String name) {
    return new TypedByTwo(name);
  }

  private static String suffix(DType type) {
    return "_" + type.safetensorsName().toLowerCase(Locale.ROOT);
  }

  /** A kernel for each element type, loaded when first asked for. */
  public final class Typed {
    private final String name;
    private final Map<DType, Kernel> kernels = new EnumMap<>(DType.class);

    private Typed(String name) {
      this.name = name;
    }

    /** Ready to be given its arguments. */
    public Kernel begin(DType type) {
      Kernel known = kernels.get(type);
      return (known != null ? known : load(type)).begin();
    }

    private Kernel load(DType type) {
      Kernel kernel = kernel(name + suffix(type));
      kernels.put(type, kernel);
      return kernel;
    }
  }

  /** A kernel for each pair of element types, loaded when first asked for. */
  public final class TypedByTwo {
    private final Map<DType, Typed> byFirst = new EnumMap<>(DType.class);

    private TypedByTwo(String name) {
      for (DType first : DType.values()) {
        byFirst.put(first, typed(name + suffix(first)));
      }
    }

    /** Ready to be given its arguments. */
    public Kernel begin(DType first, DType second) {
      return byFirst.get(first).begin(second);
    }
  }
}
