package io.auxgrad.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.kernels.cases.TestBackends.NamedBackend;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Runs every case on every backend that this machine has. */
class OpCaseTest {
  private static final long SEED = Long.getLong("auxgrad.test.seed", 20260101);
  private static int liveBefore;

  @BeforeAll
  static void countTensors() {
    liveBefore = TensorScope.liveTensors();
  }

  @AfterAll
  static void nothingLeaks() {
    assertEquals(liveBefore, TensorScope.liveTensors(), TensorScope::report);
  }

  @TestFactory
  Stream<DynamicTest> forwardAgreesWithTheReference() {
    return each((backend, c) -> expectAgreement(c, check(backend).forward(c)));
  }

  @TestFactory
  Stream<DynamicTest> gradientsAgreeWithFiniteDifferences() {
    return each((backend, c) -> expectAgreement(c, check(backend).gradients(c)));
  }

  @TestFactory
  Stream<DynamicTest> sameBytesOnAnyNumberOfThreads() {
    // oneDNN's weight gradients sum per thread; everything of our own does not depend on it.
    return each(
        List.of(TestBackends.cpu()),
        (cpu, c) -> {
          if (!c.covers().contains("convolution.gradWeight")
              && !c.covers().contains("matmul.multiply")) {
            assertSameBytes(c, withThreads(cpu, 1, c), withThreads(cpu, 2, c));
          }
        });
  }

  /** So that what agrees with the reference in one order does in each. */
  @TestFactory
  Stream<DynamicTest> sameBytesInWhicheverOrderTheThreadsOfAGpuRun() {
    return each(
        inOneOrder(),
        (gpu, c) -> {
          List<Array64> want = check(gpu).results(c);
          for (NamedBackend other : TestBackends.hostRun()) {
            assertSameBytes(c, want, check(other.backend()).results(c));
          }
        });
  }

  private static List<NamedBackend> inOneOrder() {
    return TestBackends.hostRun().stream().limit(1).toList();
  }

  private static void assertSameBytes(OpCase c, List<Array64> want, List<Array64> got) {
    for (int i = 0; i < want.size(); i++) {
      assertArrayEquals(want.get(i).data(), got.get(i).data(), c + " result " + i);
    }
  }

  @Test
  void everyOpOfTheContractHasACase() {
    Set<String> missing = new TreeSet<>();
    for (Method family : Backend.class.getMethods()) {
      if (family.getReturnType().getSimpleName().endsWith("Ops")) {
        for (Method op : family.getReturnType().getDeclaredMethods()) {
          if (Modifier.isPublic(op.getModifiers()) && !Modifier.isStatic(op.getModifiers())) {
            missing.add(family.getName() + "." + op.getName());
          }
        }
      }
    }
    assertTrue(missing.size() > 30, "the contract was not found: " + missing);
    Set<String> covered = new HashSet<>();
    Cases.all().forEach(c -> covered.addAll(c.covers()));
    missing.removeAll(covered);
    assertEquals(Set.of(), missing);
  }

  private interface Body {
    void run(Backend backend, OpCase c);
  }

  private static Stream<DynamicTest> each(Body body) {
    return Stream.concat(each(List.of(TestBackends.cpu()), body), each(inOneOrder(), body));
  }

  private static Stream<DynamicTest> each(List<NamedBackend> backends, Body body) {
    return backends.stream()
        .flatMap(tested ->
            Cases.all().stream()
                .map(c ->
                    DynamicTest.dynamicTest(
                        tested.name() + " " + c, () -> body.run(tested.backend(), c))));
  }

  private static CaseCheck check(Backend backend) {
    return new CaseCheck(backend, SEED);
  }

  private static void expectAgreement(OpCase c, Verdict verdict) {
    assertTrue(verdict.agrees(), () -> "%s: %s, seed %d".formatted(c, verdict.problem(), SEED));
  }

  private static List<Array64> withThreads(Backend backend, int threads, OpCase c) {
    int before = backend.threads();
    try {
      backend.setThreads(threads);
      return check(backend).results(c);
    } finally {
      backend.setThreads(before);
    }
  }
}
