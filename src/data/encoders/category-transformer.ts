/**
 * The base class of encoders of categories: columns of labels in, and the categories of every column. Not for
 * what the categories become, nor for LabelEncoder, which encodes targets.
 */
import type { LabelColumns, LabelTable } from './cells.js';
import { columnsInPieces } from './cells.js';
import type { Category } from '../labels.js';
import type { Pieces } from '../../yielding.js';
import type { Learned } from '../transformer.js';
import { Transformer } from '../transformer.js';

/** The categories of every column. */
export type CategoryLists = readonly (readonly Category[])[];

/** Base class of encoders of categories. */
export abstract class CategoryTransformer<
  Params extends { readonly categories: 'auto' | CategoryLists },
  Fitted extends { readonly categories: CategoryLists },
> extends Transformer<Params, Fitted, LabelColumns, LabelTable> {
  /** The categories of every column; null stands for missing values. */
  get categories(): Category[][] {
    return this.fitted('categories').categories.map((column) => [...column]);
  }

  protected override get noun(): string {
    return 'encoder';
  }

  protected columns({ categories }: Fitted): number {
    return categories.length;
  }

  protected read(x: LabelTable, learned?: Learned<Fitted>): Pieces<LabelColumns> {
    return columnsInPieces(this.name, x, learned?.fitted.categories.length, learned?.names);
  }
}
