package io.auxgrad.kernels.cuda.libraries;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CudnnStatusTest {
  @ParameterizedTest
  @CsvSource({
    "0, SUCCESS",
    "1008, NOT_READY",
    "2008, BAD_PARAMETER",
    "3000, NOT_SUPPORTED",
    "3002, NOT_SUPPORTED",
    "3005, NOT_READY",
    "3006, NOT_READY",
    "3007, NOT_SUPPORTED",
    "3008, NOT_READY",
    "3009, NOT_READY",
    "3010, NOT_SUPPORTED",
    "4001, INTERNAL_ERROR",
    "4004, OUT_OF_MEMORY",
    "5001, EXECUTION_FAILED",
  })
  void ofVersion9(int status, CudnnStatus kind) {
    assertEquals(kind, CudnnStatus.of(status));
  }

  @ParameterizedTest
  @CsvSource({
    "2, OUT_OF_MEMORY",
    "3, BAD_PARAMETER",
    "6, NOT_SUPPORTED",
    "8, EXECUTION_FAILED",
    "9, NOT_SUPPORTED",
    "11, NOT_READY",
  })
  void ofVersion8(int status, CudnnStatus kind) {
    assertEquals(kind, CudnnStatus.of(status));
  }
}
