package io.auxgrad.kernels.cuda.libraries;

import java.util.List;

/**
 * A class of JCuda and the library that it calls here.
 *
 * @param binding the class, for example {@code JNvrtc}
 * @param linkedWith the library that its native was built for, for example {@code libnvrtc.so.12}
 * @param file the library that it calls instead, or the same
 * @param absent functions that the native knows and {@code file} does not have; never called by us
 */
public record Retargeted(
    String binding, String linkedWith, LibraryFile file, List<String> absent) {}
