/*
 * recognise - see recognise.h.
 *
 * A head of the form's size differs from the form's own by what all cells of its record
 * differ by (record.h).  So that is read off the head, and looked at: it must be 0
 * outside of the identity and the check, its check must follow from its identity, and
 * the identity must be made of digits.  Then the rest of the record is compared.
 */
#include "core/recognise.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "core/cells.h"
#include "core/record_cell.h"

#define WIDE	  __attribute__((target("avx2,sse4.2")))
#define WIDE_LOOP static inline __attribute__((always_inline, target("avx2,sse4.2")))

/* What is the same for all records of a form. */
struct pattern {
	const uint8_t (*cells)[RECORD_CELL_BYTES];
	size_t size_bytes;
	size_t last;	      /* the cell that the record ends in */
	uint64_t identity[2]; /* of the form, from WRITER_AT on: 16 bytes */
	uint64_t check;	      /* of the form: its last 8 bytes, the first no check */
	__m256i head, end;    /* the first 32 bytes, and the last with their newline */
};

enum {
	END_BYTES = sizeof(__m256i),
	/* What is looked at of an identity goes a little beyond it. */
	IDENTITY_BYTES = 2 * sizeof(uint64_t),
	/* More than so many are worth a call. */
	FEW_CELLS = 16,
};

_Static_assert(WRITER_AT + IDENTITY_BYTES >= SEQ_AT + SEQ_CHARS &&
		       WRITER_AT + IDENTITY_BYTES + sizeof(uint32_t) == CHECK_AT &&
		       WRITER_CHARS == 4 && SEQ_CHARS == 8 && SEQ_AT - WRITER_AT == 5,
	       "the words that fields of a cell are read by");

static uint64_t load_word(const uint8_t *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

WIDE_LOOP __m256i load_wide(const uint8_t *bytes)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)bytes);
}

WIDE static void pattern_init(struct pattern *p, const struct record_form *form)
{
	const uint8_t *first = form->cells[0];
	uint8_t end[END_BYTES];

	p->cells = (const uint8_t(*)[RECORD_CELL_BYTES])form->cells;
	p->size_bytes = form->plan.max_bytes;
	p->last = form->cell_count - 1;
	p->identity[0] = load_word(first + WRITER_AT);
	p->identity[1] = load_word(first + WRITER_AT + 8);
	p->check = load_word(first + RECORD_CELL_BYTES - 8);
	p->head = load_wide(first);
	memcpy(end, first + p->size_bytes - END_BYTES, END_BYTES);
	end[END_BYTES - 1] = '\n';
	p->end = load_wide(end);
}

/* Is @difference 0 outside of the identity and the check? */
WIDE_LOOP bool stays_inside(__m256i difference)
{
	const __m256i outside =
		_mm256_setr_epi8(-1, -1, -1, -1, -1,	     /* mark, run, separator */
				 0, 0, 0, 0, -1,	     /* writer */
				 0, 0, 0, 0, 0, 0, 0, 0, -1, /* sequence number */
				 -1, -1, -1, -1, -1, -1,     /* place */
				 0, 0, 0, 0, 0, 0, 0); /* check: compared as a whole */

	return _mm256_testz_si256(difference, outside);
}

/* Does the check of the head at @bytes follow from its identity, as the form's does? */
WIDE_LOOP bool check_follows(const struct pattern *p, const uint8_t *bytes)
{
	uint64_t low = load_word(bytes + WRITER_AT) ^ p->identity[0];
	uint64_t high = load_word(bytes + WRITER_AT + 8) ^ p->identity[1];
	uint64_t check = load_word(bytes + RECORD_CELL_BYTES - 8) ^ p->check;
	uint64_t crc;

	/* The zeros in front leave a register of 0 as it is; those behind do not. */
	crc = __builtin_ia32_crc32di(0, low);
	crc = __builtin_ia32_crc32di(crc, high);
	crc = __builtin_ia32_crc32si((uint32_t)crc, 0);
	return spread_check((uint32_t)crc) == check;
}

/*
 * Whose record is it?  False where a character is no base32hex digit.  Five bits a
 * character, joined by twos to numbers of 10 bits and then of 20.
 */
WIDE_LOOP bool read_identity(const uint8_t *bytes, struct record_id *ret_id)
{
	/* Of the 16 bytes: writer, four times none, sequence number. */
	const __m128i order =
		_mm_setr_epi8(0, 1, 2, 3, -1, -1, -1, -1, 5, 6, 7, 8, 9, 10, 11, 12);
	const __m128i none =
		_mm_setr_epi8(0, 0, 0, 0, '0', '0', '0', '0', 0, 0, 0, 0, 0, 0, 0, 0);
	__m128i text =
		_mm_loadu_si128((const __m128i *)(const void *)(bytes + WRITER_AT));
	__m128i number, letter, is_number, is_letter;
	uint64_t seq;

	text = _mm_or_si128(_mm_shuffle_epi8(text, order), none);
	number = _mm_sub_epi8(text, _mm_set1_epi8('0'));
	letter = _mm_sub_epi8(text, _mm_set1_epi8('a'));
	is_number = _mm_cmpeq_epi8(_mm_min_epu8(number, _mm_set1_epi8(9)), number);
	is_letter = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(21)), letter);
	if (_mm_movemask_epi8(_mm_or_si128(is_number, is_letter)) != 0xffff)
		return false;
	letter = _mm_add_epi8(letter, _mm_set1_epi8(10));
	number = _mm_blendv_epi8(letter, number, is_number);
	number = _mm_maddubs_epi16(number, _mm_set1_epi16(1 << 8 | 1 << 5));
	number = _mm_madd_epi16(number, _mm_set1_epi32(1 << 16 | 1 << 10));
	seq = (uint64_t)_mm_extract_epi64(number, 1);
	ret_id->writer = (uint32_t)_mm_cvtsi128_si32(number);
	ret_id->seq = (seq & 0xffffffff) << 20 | seq >> 32;
	return true;
}

/* Is all of the record behind its head the form XOR @difference, and a newline? */
WIDE_LOOP bool rest_equals(const struct pattern *p, __m256i difference,
			   const uint8_t *bytes)
{
	const __m256i but_newline =
		_mm256_setr_epi32(-1, -1, -1, -1, -1, -1, -1, 0xffffff);
	const size_t end_at = p->size_bytes - END_BYTES;
	uint8_t twice[2 * END_BYTES];
	__m256i wrong, turned;

	_mm256_storeu_si256((__m256i *)(void *)twice, difference);
	_mm256_storeu_si256((__m256i *)(void *)(twice + END_BYTES), difference);
	if (p->last > FEW_CELLS &&
	    !cells_equal(p->cells + 1, p->last - 1, twice, bytes + RECORD_CELL_BYTES))
		return false;
	/* The end begins anywhere in a cell. */
	turned = load_wide(twice + end_at % RECORD_CELL_BYTES);
	wrong = _mm256_xor_si256(_mm256_xor_si256(load_wide(bytes + end_at), p->end),
				 _mm256_and_si256(turned, but_newline));
	for (size_t i = 1; p->last <= FEW_CELLS && i < p->last; i++)
		wrong = _mm256_or_si256(
			wrong, _mm256_xor_si256(
				       _mm256_xor_si256(
					       load_wide(bytes + i * RECORD_CELL_BYTES),
					       load_wide(p->cells[i])),
				       difference));
	return _mm256_testz_si256(wrong, wrong);
}

bool recognise_is_wide(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("sse4.2");
}

WIDE size_t recognise_wide(const struct record_form *form, const uint8_t *bytes,
			   size_t max, struct record_id *ret_ids)
{
	struct pattern p;
	size_t count;

	pattern_init(&p, form);
	for (count = 0; count < max; count++, bytes += p.size_bytes) {
		__m256i difference = _mm256_xor_si256(load_wide(bytes), p.head);

		if (!stays_inside(difference) || !check_follows(&p, bytes) ||
		    !read_identity(bytes, &ret_ids[count]) ||
		    !rest_equals(&p, difference, bytes))
			break;
	}
	return count;
}

#else

bool recognise_is_wide(void)
{
	return false;
}

size_t recognise_wide(const struct record_form *form, const uint8_t *bytes, size_t max,
		      struct record_id *ret_ids)
{
	(void)form;
	(void)bytes;
	(void)max;
	(void)ret_ids;
	return 0;
}

#endif
