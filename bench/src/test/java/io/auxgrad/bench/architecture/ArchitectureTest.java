package io.auxgrad.bench.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The rules of the house, held against the compiled classes of every floor. */
final class ArchitectureTest {
  private static final List<String> FLOORS =
      List.of("tensor", "kernels", "autograd", "nn", "mtl", "bench");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("io.auxgrad");

  @Test
  void everyFloorIsLookedAt() {
    Set<String> seen =
        CLASSES.stream()
            .map(c -> c.getPackageName().split("\\.", -1)[2])
            .collect(Collectors.toSet());
    assertEquals(new TreeSet<>(FLOORS), new TreeSet<>(seen));
  }

  @Test
  void floorsDependDownwardsOnlyAndNobodyNamesTheKernels() {
    var house = layeredArchitecture().consideringOnlyDependenciesInLayers();
    for (String floor : FLOORS) {
      house = house.layer(floor).definedBy("io.auxgrad." + floor + "..");
    }
    house
        .whereLayer("bench")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("mtl")
        .mayOnlyBeAccessedByLayers("bench")
        .whereLayer("nn")
        .mayOnlyBeAccessedByLayers("mtl", "bench")
        .whereLayer("autograd")
        .mayOnlyBeAccessedByLayers("nn", "mtl", "bench")
        .whereLayer("kernels")
        .mayOnlyBeAccessedByLayers("bench")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.auxgrad.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void vectorApiStaysInTheCpuKernelsAndTheMeasurementOfThePeak() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.auxgrad.kernels.cpu..", "io.auxgrad.bench.profile..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator.vector..")
        .check(CLASSES);
  }

  @Test
  void oneDnnsBindingStaysInItsPackage() {
    onlyIn("io.auxgrad.kernels.cpu.onednn..", "org.bytedeco..");
  }

  @Test
  void jcudaStaysInTheCudaKernels() {
    onlyIn("io.auxgrad.kernels.cuda..", "jcuda..");
  }

  private static void onlyIn(String owner, String thirdParty) {
    noClasses()
        .that()
        .resideOutsideOfPackage(owner)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(thirdParty)
        .check(CLASSES);
  }

  @Test
  void memoryIsNeverLeftToTheGarbageCollector() {
    noClasses()
        .should()
        .callMethod(System.class, "gc")
        .orShould()
        .callMethod(Runtime.class, "gc")
        .check(CLASSES);
  }

  @Test
  void javaSerializationIsNotUsed() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(ObjectInputStream.class, ObjectOutputStream.class)
        .check(CLASSES);
    assertEquals(
        List.of(),
        CLASSES.stream()
            .filter(ArchitectureTest::declaresSerializable)
            .map(JavaClass::getName)
            .toList());
  }

  private static boolean declaresSerializable(JavaClass type) {
    return type.getRawInterfaces().stream().anyMatch(i -> i.isEquivalentTo(Serializable.class));
  }
}
