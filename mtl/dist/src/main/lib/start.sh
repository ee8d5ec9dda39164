# Starts a class of auxgrad in its JVM, from a checkout and from a bundle alike:
#   start JAVA CLASS_PATH [OPTION...] CLASS ARGUMENT...
# with the folder of this file in the variable lib. Options for the JVM: AUXGRAD_JAVA_OPTS, for example
# AUXGRAD_JAVA_OPTS=-Xmx4g.
start() {
  java=$1
  class_path=$2
  shift 2

  # oneDNN and the compiler ask malloc for much that they soon give back: from one arena, and to the system at once.
  export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-1}"
  export MALLOC_TRIM_THRESHOLD_="${MALLOC_TRIM_THRESHOLD_:-131072}"
  export MALLOC_MMAP_THRESHOLD_="${MALLOC_MMAP_THRESHOLD_:-131072}"

  # Tensors live outside of the Java heap, which stays small; the serial collector adds no threads to those that compute.
  # Reflection without method handles spares a start some hundred classes. What jit.commands does is said there.
  # shellcheck disable=SC2086 # options are words
  exec "$java" \
    --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED -Djdk.reflect.useNativeAccessorOnly=true \
    -XX:CompileCommandFile="$lib/jit.commands" \
    -Xms16m -Xmn8m -Xmx1g -XX:+UseSerialGC -XX:-UsePerfData ${AUXGRAD_JAVA_OPTS:-} \
    -cp "$class_path" "$@"
}
