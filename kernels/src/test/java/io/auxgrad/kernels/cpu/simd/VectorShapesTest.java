package io.auxgrad.kernels.cpu.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import jdk.incubator.vector.VectorSpecies;
import org.junit.jupiter.api.Test;

class VectorShapesTest {
  @Test
  void eachTypeComesInOneShape() throws Exception {
    Map<String, Set<String>> shapes = new TreeMap<>();
    for (VectorSpecies<?> species : species()) {
      shapes
          .computeIfAbsent(species.elementType().getName(), _ -> new TreeSet<>())
          .add(species.vectorShape().toString());
    }
    assertTrue(shapes.containsKey("float") && shapes.containsKey("double"), shapes::toString);
    shapes.forEach((type, found) -> assertEquals(1, found.size(), type + " in " + found));
  }

  private static List<VectorSpecies<?>> species() throws IOException, URISyntaxException {
    Path folder = Path.of(Lanes.class.getResource("Lanes.class").toURI()).getParent();
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".class"))
          .flatMap(name -> speciesOf(name.substring(0, name.length() - ".class".length())))
          .toList();
    }
  }

  private static Stream<VectorSpecies<?>> speciesOf(String className) {
    try {
      Class<?> type = Class.forName(Lanes.class.getPackageName() + "." + className);
      return Stream.of(type.getDeclaredFields())
          .filter(field -> field.getType() == VectorSpecies.class)
          .filter(field -> Modifier.isStatic(field.getModifiers()))
          .flatMap(VectorShapesTest::value);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  // Null where the processor's vectors are too short for it.
  private static Stream<VectorSpecies<?>> value(Field field) {
    try {
      field.setAccessible(true);
      return Stream.ofNullable((VectorSpecies<?>) field.get(null));
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }
}
