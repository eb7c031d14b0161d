package stillpoint.kernel.cpu;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;

/**
 * A list that only grows, whose views cost nothing: a view keeps showing what was there when it was made. The owner
 * appends; views may be read by whoever received them in a message.
 */
public final class AppendLog<T> {
  private Object[] items = new Object[16];
  private int size;

  public void add(T item) {
    if (size == items.length) {
      items = Arrays.copyOf(items, size * 2);
    }
    items[size++] = item;
  }

  public int size() {
    return size;
  }

  /** An unchanging view of the items so far, oldest first. */
  public List<T> view() {
    Object[] frozen = items;
    int count = size;
    return new AbstractList<>() {
      @Override
      @SuppressWarnings("unchecked")
      public T get(int index) {
        if (index >= count) {
          throw new IndexOutOfBoundsException(index);
        }
        return (T) frozen[index];
      }

      @Override
      public int size() {
        return count;
      }
    };
  }
}
