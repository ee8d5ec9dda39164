package io.auxgrad.kernels.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.kernels.cuda.driver.FreeBlocks.Block;
import org.junit.jupiter.api.Test;

class FreeBlocksTest {
  private final FreeBlocks blocks = new FreeBlocks();

  @Test
  void sizesGrowAndWasteLittle() {
    for (int size = 0; size < 600; size++) {
      long bytes = FreeBlocks.bytesOf(size);
      assertEquals(size, FreeBlocks.sizeFor(bytes));
      assertEquals(size + 1, FreeBlocks.sizeFor(bytes + 1));
      assertEquals(0, bytes % FreeBlocks.UNIT);
    }
    for (long bytes = 1; bytes < 1L << 40; bytes = bytes * 5 / 4 + 1) {
      long given = FreeBlocks.bytesOf(FreeBlocks.sizeFor(bytes));
      assertTrue(given >= bytes, bytes + " bytes got " + given);
      assertTrue(given - bytes <= Math.max(FreeBlocks.UNIT - 1, bytes / 16 + FreeBlocks.UNIT));
    }
    assertEquals(0, FreeBlocks.sizeFor(0));
  }

  @Test
  void theLastGivenIsTheFirstTaken() {
    Block a = new Block(0x1000, 3, blocks);
    Block b = new Block(0x2000, 3, blocks);
    FreeBlocks.give(a);
    FreeBlocks.give(b);
    assertNull(blocks.take(4, blocks));
    assertSame(b, blocks.take(3, blocks));
    assertSame(a, blocks.take(3, blocks));
    assertNull(blocks.take(3, blocks));
  }

  @Test
  void refusesABlockThatWasGivenAlready() {
    Block block = new Block(0x1000, 0, blocks);
    FreeBlocks.give(block);
    var e = assertThrows(IllegalStateException.class, () -> FreeBlocks.give(block));
    assertEquals("buffer at 0x1000 is not in use: released twice?", e.getMessage());
  }

  @Test
  void blocksOfOneThatIsGoneReturnToItsHeir() {
    FreeBlocks gone = new FreeBlocks();
    Block free = new Block(0x1000, 0, gone);
    Block used = new Block(0x2000, 0, gone);
    FreeBlocks.give(free);
    gone.bequeath(blocks);
    assertSame(free, blocks.take(0, blocks));
    FreeBlocks.give(used);
    assertSame(used, blocks.take(0, blocks));
  }
}
