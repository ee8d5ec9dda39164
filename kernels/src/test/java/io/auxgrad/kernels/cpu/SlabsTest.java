package io.auxgrad.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.kernels.cpu.Slabs.Block;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class SlabsTest {
  private static final long SLAB = 1 << 20;

  enum Kind {
    HEAP,
    SPACE
  }

  private final Kind kind;
  private final Slabs slabs;

  SlabsTest(Kind kind) {
    assumeTrue(kind == Kind.HEAP || Pages.installed() > 0, "this system reserves no address space");
    this.kind = kind;
    slabs = kind == Kind.HEAP ? Slabs.ofHeap(SLAB) : Slabs.ofAddressSpace(SLAB);
  }

  @AfterEach
  void everythingGoesBack() {
    slabs.trim();
    assertEquals(0, slabs.reserved());
  }

  @Test
  void theSmallestHoleThatFitsIsTakenAndOfTwoTheLower() {
    Block[] blocks = new Block[8];
    long[] sizes = {1024, 64, 256, 64, 512, 64, 256, 64};
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = slabs.take(sizes[i]);
    }
    long[] holes = {blocks[0].address, blocks[2].address, blocks[4].address, blocks[6].address};
    for (int i = 0; i < blocks.length; i += 2) {
      slabs.give(blocks[i]);
    }
    Block[] taken = {slabs.take(200), slabs.take(200), slabs.take(200), slabs.take(1000)};
    assertEquals(holes[1], taken[0].address);
    assertEquals(holes[3], taken[1].address);
    assertEquals(holes[2], taken[2].address);
    assertEquals(holes[0], taken[3].address);
    for (int i = 0; i < 4; i++) {
      slabs.give(taken[i]);
      slabs.give(blocks[2 * i + 1]);
    }
  }

  @Test
  void theSameStepAgainTakesNothingMore() {
    playStep();
    long reserved = slabs.reserved();
    for (int i = 0; i < 20; i++) {
      playStep();
      assertEquals(reserved, slabs.reserved());
    }
  }

  private void playStep() {
    Random random = new Random(5);
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      blocks.add(slabs.take(random.nextInt(64, 100_000)));
      if (random.nextInt(3) == 0) {
        slabs.give(blocks.remove(random.nextInt(blocks.size())));
      }
    }
    blocks.reversed().forEach(slabs::give);
  }

  @Test
  void aFullSlabIsFollowedByAnother() {
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      blocks.add(slabs.take(SLAB / 2));
    }
    blocks.add(slabs.take(3 * SLAB));
    assertTrue(slabs.reserved() >= 5 * SLAB / 2 + 3 * SLAB);
    blocks.forEach(slabs::give);
  }

  @Test
  void aSlabOfSpaceCountsWhatHasBeenUsedAndTrimGivesItsEndBack() {
    assumeTrue(kind == Kind.SPACE, "only a slab of address space is given back in part");
    Block low = slabs.take(64);
    Block high = slabs.take(16 << 20);
    assertEquals(64 + (16 << 20), slabs.reserved());
    high.host().fill((byte) 1);
    slabs.give(high);
    slabs.trim();
    assertEquals(64, slabs.reserved());
    Block again = slabs.take(16 << 20);
    assertEquals(high.address(), again.address());
    assertEquals(0, again.host().get(ValueLayout.JAVA_BYTE, again.capacity() - 1));
    slabs.give(again);
    slabs.give(low);
  }

  @Test
  void freeBlocksAreBorrowedBeforeTheSystemIsAsked() {
    Block low = slabs.take(1024);
    Block hole = slabs.take(4096);
    Block high = slabs.take(1024);
    long reserved = slabs.reserved();
    slabs.give(hole);
    Slabs others = slabs.borrowing();
    Block borrowed = others.take(1024);
    Block fits = others.take(3072);
    assertEquals(hole.address(), borrowed.address());
    assertEquals(hole.address() + 1024, fits.address());
    assertEquals(reserved, slabs.reserved() + others.reserved());
    others.give(borrowed);
    others.give(fits);
    slabs.give(low);
    slabs.give(high);

    // What they gave back is theirs, until they are done.
    Block[] mine = {slabs.take(1024), slabs.take(1024), slabs.take(4096)};
    for (Block block : mine) {
      assertTrue(block.address() < hole.address() || block.address() >= hole.address() + 4096);
      slabs.give(block);
    }
    others.trim();
    Block whole = slabs.take(6144);
    assertEquals(low.address(), whole.address());
    slabs.give(whole);
  }

  @Test
  void slabsOfBorrowersStayWithWhoLent() {
    Slabs others = slabs.borrowing();
    Block first = others.take(SLAB / 2);
    Block second = others.take(3 * SLAB);
    others.give(second);
    others.trim();
    assertEquals(0, others.reserved());
    Block reused = slabs.take(3 * SLAB);
    assertEquals(second.address(), reused.address());
    slabs.give(reused);
    others.give(first);
    others.trim();
  }

  @Test
  void blocksAreUsedAgain() {
    Block first = slabs.take(64);
    Block rest = slabs.take(64);
    slabs.give(rest);
    assertSame(rest, slabs.take(64));
    slabs.give(rest);
    slabs.give(first);
  }

  @Test
  void whatNoMachineHasIsRefused() {
    var e = assertThrows(OutOfMemoryError.class, () -> slabs.take(1L << 60));
    assertTrue(e.getMessage().contains("use a smaller batch or size"), e.getMessage());
  }
}
